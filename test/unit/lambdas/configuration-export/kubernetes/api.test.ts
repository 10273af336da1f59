import { kubernetesApi } from "../../../../../lambdas/configuration-export/kubernetes/api";
import type { AskKubernetes, KubernetesAnswer } from "../../../../../lambdas/configuration-export/kubernetes/ask";
import { exportedKinds } from "../../../../../lambdas/configuration-export/kubernetes/discovery";
import { pagesOf } from "../../../../../lambdas/configuration-export/kubernetes/pages";

const ok = (content: unknown): KubernetesAnswer => ({ status: 200, text: JSON.stringify(content) });

/** A cluster that answers each question by the next of these; the last one stays. */
const given = (...answers: readonly (KubernetesAnswer | Error)[]) => {
  const asked: string[] = [];
  const waitedMs: number[] = [];
  const ask: AskKubernetes = async (path) => {
    const next = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(path);
    if (next === undefined || next instanceof Error) throw next ?? new Error("nothing was given");
    return next;
  };
  return { api: kubernetesApi(ask, async (ms) => void waitedMs.push(ms)), asked, waitedMs };
};

describe("the API of a cluster", () => {
  it.each<[string, KubernetesAnswer | Error, number]>([
    ["a 500", { status: 500, text: "" }, 1000],
    ["a 503 that says when", { status: 503, text: "", retryAfterSeconds: 3 }, 3000],
    ["a 429 that says hours", { status: 429, text: "", retryAfterSeconds: 9999 }, 10_000],
    ["a body that is cut short", { status: 200, text: '{"items":[{"secret":"hun' }, 1000],
    ["a refused connection", new Error("ECONNREFUSED"), 1000],
  ])("is asked again after %s", async (_what, failure, wait) => {
    const { api, asked, waitedMs } = given(failure, ok({ fine: true }));

    expect(await api.get("/api")).toEqual({ fine: true });
    expect([asked.length, waitedMs]).toEqual([2, [wait]]);
  });

  it("is given up after four times, and what was read of it is not quoted", async () => {
    const { api, asked } = given({ status: 200, text: '{"secret":"hunter2"' });

    const failure = api.get("/api/v1/namespaces/acme/secrets/a");
    await expect(failure).rejects.toThrow("no whole JSON");
    await expect(failure).rejects.not.toThrow("hunter2");
    expect(asked).toHaveLength(4);
  });

  it("is not asked again where it refuses: the message says what would let it in", async () => {
    const { api, asked } = given({ status: 403, text: "Forbidden" });

    await expect(api.get("/api")).rejects.toThrow("AmazonEKSAdminViewPolicy");
    expect(asked).toHaveLength(1);
  });

  it("is asked nothing more where the function's time is over", async () => {
    const { asked } = given();
    const over = () => {
      throw new Error("no time left");
    };
    const api = kubernetesApi(
      async (path) => ({ status: 200, text: String(asked.push(path)) }),
      async () => {},
      over,
    );

    await expect(api.get("/api")).rejects.toThrow("no time left");
    expect(asked).toEqual([]);
  });

  it("has nothing where nothing is", async () => {
    expect(await given({ status: 404, text: "" }).api.get("/api/v1/namespaces/gone")).toBeUndefined();
  });
});

describe("the kinds of a cluster", () => {
  const resource = (name: string, kind: string, verbs = ["get", "list", "create"], namespaced = true) => ({
    name,
    kind,
    verbs,
    namespaced,
  });
  const group = (name: string, preferred: string, ...versions: readonly string[]) => ({
    name,
    versions: versions.map((version) => ({ groupVersion: `${name}/${version}` })),
    preferredVersion: { groupVersion: `${name}/${preferred}` },
  });
  const paths: Readonly<Record<string, unknown>> = {
    "/api/v1": {
      groupVersion: "v1",
      resources: [
        ...[
          resource("secrets", "Secret"),
          resource("events", "Event"),
          resource("pods/log", "Pod"),
          resource("bindings", "Binding", ["create"]),
        ],
        resource("nodes", "Node", ["get", "list", "create"], false),
      ],
    },
    "/apis": { groups: [group("acme.io", "v1", "v2alpha1", "v1"), group("metrics.k8s.io", "v1beta1", "v1beta1")] },
    "/apis/acme.io/v1": { groupVersion: "acme.io/v1", resources: [resource("shops", "Shop")] },
    "/apis/acme.io/v2alpha1": { groupVersion: "acme.io/v2alpha1", resources: [resource("shops", "Shop"), resource("carts", "Cart")] },
  };
  const cluster = (missing?: string) =>
    kubernetesApi(
      async (path) => (path === missing || paths[path] === undefined ? { status: 404, text: "" } : ok(paths[path])),
      async () => {},
    );

  it("are those that somebody can make, each once, in the version that its group prefers or the first that has it", async () => {
    expect(await exportedKinds(cluster())).toEqual([
      { apiVersion: "v1", kind: "Secret", plural: "secrets" },
      { apiVersion: "acme.io/v1", kind: "Shop", plural: "shops" },
      { apiVersion: "acme.io/v2alpha1", kind: "Cart", plural: "carts" },
    ]);
  });

  it("are not known where a service of the API is down, whose objects an export would be short of", async () => {
    await expect(exportedKinds(cluster("/apis/acme.io/v2alpha1"))).rejects.toThrow("kubectl get apiservices");
  });
});

describe("a list", () => {
  const SECRETS = { apiVersion: "v1", kind: "Secret", plural: "secrets" };
  const page = (names: readonly string[], next = "") =>
    ok({ metadata: { continue: next }, items: names.map((name) => ({ metadata: { name } })) });
  const namesOf = async (api: ReturnType<typeof kubernetesApi>): Promise<readonly string[]> => {
    const names: string[] = [];
    for await (const objects of pagesOf(api, SECRETS, "acme"))
      names.push(...objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
    return names;
  };

  it("comes in pages, and its items are of the list's kind", async () => {
    const { api, asked } = given(page(["a", "b"], "next/1"), page(["c"]));

    expect(await namesOf(api)).toEqual(["Secret a", "Secret b", "Secret c"]);
    expect(asked[1]).toBe("/api/v1/namespaces/acme/secrets?limit=100&continue=next%2F1");
  });

  it("is begun again where the server forgot its place", async () => {
    const { api } = given(page(["a"], "1"), { status: 410, text: "" }, page(["a"], "2"), page(["b"]));

    expect([...new Set(await namesOf(api))]).toEqual(["Secret a", "Secret b"]);
  });

  it("is asked for in smaller pages where one is too large to be carried", async () => {
    const { api, asked } = given({ status: "too-large" }, { status: "too-large" }, page(["a"]));

    expect(await namesOf(api)).toEqual(["Secret a"]);
    expect(asked.map((path) => new URL(path, "http://k").searchParams.get("limit"))).toEqual(["100", "25", "6"]);
  });

  it("that has no end is given up", async () => {
    await expect(namesOf(given({ status: 410, text: "" }).api)).rejects.toThrow("could not be read to its end");
  });

  it("of a kind that was taken away since is empty", async () => {
    expect(await namesOf(given({ status: 404, text: "" }).api)).toEqual([]);
  });
});
