import { SECRET } from "../../../../local/pods/api/kinds";
import { labelTest } from "../../../../local/pods/api/selectors";
import { Store } from "../../../../local/pods/api/store";
import { environmentOf, expand } from "../../../../local/pods/kubelet/environment";
import { hostPathOf } from "../../../../local/pods/kubelet/volumes";
import { container } from "../../../../local/pods/schema/pod";

const POD = { namespace: "stores", name: "chroma-0", uid: "1" };
const clock = { now: () => new Date("2026-01-02T03:04:05.678Z") };

describe("a container's environment", () => {
  test("takes values from Secrets and from the pod, and earlier variables", () => {
    const store = new Store(clock);
    store.create(SECRET, { metadata: { name: "login", namespace: "stores" }, data: { token: Buffer.from("tide").toString("base64") } });
    const spec = container.parse({
      name: "a",
      image: "b",
      envFrom: [{ prefix: "LOGIN_", secretRef: { name: "login" } }],
      env: [
        { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "BOTH", value: "$(POD)/$(LOGIN_token)" },
      ],
    });
    expect(environmentOf(store, POD, spec)).toEqual({ LOGIN_token: "tide", POD: "chroma-0", BOTH: "chroma-0/tide" });
  });

  test("a reference to nothing is an error that names it", () => {
    const spec = container.parse({ name: "a", image: "b", envFrom: [{ secretRef: { name: "absent" } }] });
    expect(() => environmentOf(new Store(clock), POD, spec)).toThrow('secret "absent" not found');
  });

  test("$$(NAME) and unknown names stay as they are", () => {
    expect(expand("$$(A) $(B) $(A)", { A: "1" })).toBe("$(A) $(B) 1");
  });
});

describe("a container's paths on this machine", () => {
  const spec = container.parse({
    name: "a",
    image: "b",
    volumeMounts: [
      { name: "data", mountPath: "/data" },
      { name: "index", mountPath: "/data/index/", subPath: "v1" },
    ],
  });
  const volumes = new Map([
    ["data", "/host/data"],
    ["index", "/host/index"],
  ]);

  test.each([
    ["/data", "/host/data"],
    ["/data/a/b", "/host/data/a/b"],
    ["/data/index/a", "/host/index/v1/a"],
    ["/database", "/layer/database"],
    ["/data/../etc", "/layer/etc"],
  ])("%s is %s", (path, expected) => {
    expect(hostPathOf(path, spec, volumes, "/layer")).toBe(expected);
  });
});

describe("label selectors", () => {
  test.each([
    ["app=chroma", true],
    ["app==chroma,tier!=low", true],
    ["app in (chroma, postgres)", true],
    ["app notin (chroma)", false],
    ["zone notin (a)", true],
    ["zone", false],
    ["!zone,app", true],
    ["", true],
  ])("%s: %s", (selector, expected) => {
    expect(labelTest(selector)({ app: "chroma" })).toBe(expected);
  });

  test("one that cannot be read is refused", () => {
    expect(() => labelTest("app ~ chroma")).toThrow("unable to parse requirement");
  });
});
