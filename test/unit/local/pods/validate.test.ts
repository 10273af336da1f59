import { CONFIG_MAP, CRON_JOB, JOB, type Kind, SECRET, STATEFUL_SET } from "../../../../local/pods/api/kinds";
import type { JsonObject } from "../../../../local/pods/api/object";
import { StatusError } from "../../../../local/pods/api/status";
import { admit, checkImmutable } from "../../../../local/pods/schema/admission";
import { validate } from "../../../../local/pods/schema/validate";

const labels = { app: "chroma" };
const statefulSet = (podFields: JsonObject = {}, setFields: JsonObject = {}): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "chroma" },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "chroma", image: "chromadb/chroma:1.5.9" }], ...podFields } },
    ...setFields,
  },
});

const refusal = (kind: Kind, object: JsonObject): string => {
  try {
    validate(kind, "chroma", object);
    return "accepted";
  } catch (thrown) {
    return thrown instanceof StatusError ? `${thrown.code} ${thrown.message}` : String(thrown);
  }
};

describe("what the pod runner accepts", () => {
  test("fields that change nothing on one machine are accepted", () => {
    const recorded = { affinity: {}, tolerations: [], securityContext: { runAsUser: 1 }, topologySpreadConstraints: [] };
    expect(refusal(STATEFUL_SET, statefulSet(recorded))).toBe("accepted");
  });

  test("a field that it does not implement is refused by its path", () => {
    expect(refusal(STATEFUL_SET, statefulSet({ hostNetwork: true }))).toMatch(/^422 .*spec\.template\.spec\.hostNetwork: Forbidden/);
    expect(refusal(STATEFUL_SET, statefulSet({ containers: [{ name: "a", image: "b", lifecycle: {} }] }))).toMatch(
      /spec\.template\.spec\.containers\[0\]\.lifecycle: Forbidden/,
    );
  });

  test("every fault of an object is named at once", () => {
    const message = refusal(STATEFUL_SET, statefulSet({ hostNetwork: true, hostPID: true }, { replicas: -1 }));
    expect(message).toContain("hostNetwork");
    expect(message).toContain("hostPID");
    expect(message).toContain("spec.replicas");
  });

  test("a selector that does not match its template is refused", () => {
    expect(refusal(STATEFUL_SET, statefulSet({}, { selector: { matchLabels: { app: "other" } } }))).toContain("does not match template");
  });

  test("a CronJob's schedule, and all of its Job's template, are looked at before it is stored", () => {
    const jobTemplate = { spec: { template: { spec: { hostIPC: true, containers: [{ name: "a", image: "b" }] } } } };
    const message = refusal(CRON_JOB, {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: {},
      spec: { schedule: "* * * *", jobTemplate },
    });
    expect(message).toContain("spec.schedule: Invalid value: expected exactly 5 fields");
    expect(message).toContain("spec.jobTemplate.spec.template.spec.hostIPC: Forbidden");
  });

  test("a Job needs a restart policy of its own", () => {
    const spec = { template: { spec: { containers: [{ name: "a", image: "b" }] } } };
    expect(refusal(JOB, { apiVersion: "batch/v1", kind: "Job", metadata: {}, spec })).toContain("spec.template.spec.restartPolicy");
  });
});

describe("what may change", () => {
  test("a StatefulSet's claims may not, its template may", () => {
    const live = statefulSet();
    expect(() => checkImmutable(STATEFUL_SET, "chroma", live, statefulSet({ terminationGracePeriodSeconds: 5 }))).not.toThrow();
    expect(() => checkImmutable(STATEFUL_SET, "chroma", live, statefulSet({}, { serviceName: "other" }))).toThrow(
      "spec.serviceName: Forbidden",
    );
  });

  test("an immutable ConfigMap's data may not", () => {
    const live = { immutable: true, data: { a: "1" } };
    expect(() => checkImmutable(CONFIG_MAP, "c", live, { ...live, data: { a: "2" } })).toThrow("data: Forbidden");
  });

  test("a Secret's stringData becomes base64 data beside what is there", () => {
    const admitted = admit(SECRET, { data: { a: "MQ==" }, stringData: { b: "2" } });
    expect(admitted).toEqual({ type: "Opaque", data: { a: "MQ==", b: "Mg==" } });
  });
});
