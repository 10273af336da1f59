import { randomBytes } from "node:crypto";
import { openObject } from "../../../local/plugins/protocol/wire";
import { randomPlugin } from "../../../local/plugins/random/plugin";
import { usePlugin } from "./served";
import { describeResources, type ResourceCase } from "./suite";

const stateOnly = { drift: { none: "it exists in the state only" }, staysReadable: "it exists in the state only" };

const rows: ResourceCase[] = [
  {
    type: "random:index/randomId:RandomId",
    inputs: () => ({ byteLength: 4, prefix: "lifeboat-", keepers: { cluster: "a" } }),
    replace: { because: "keepers", inputs: () => ({ byteLength: 4, prefix: "lifeboat-", keepers: { cluster: "b" } }) },
    notRead: ["prefix", "keepers"],
    ...stateOnly,
  },
  {
    type: "random:index/randomPassword:RandomPassword",
    inputs: () => ({ length: 24, special: false, minNumeric: 2 }),
    replace: { because: "length", inputs: () => ({ length: 32, special: false, minNumeric: 2 }) },
    notImported: "its value would be its id",
    ...stateOnly,
  },
  {
    type: "random:index/randomString:RandomString",
    inputs: () => ({ length: 8, upper: false }),
    replace: { because: "upper", inputs: () => ({ length: 8 }) },
    notImported: "its value would be its id",
    ...stateOnly,
  },
];

const plugin = usePlugin(() => randomPlugin(randomBytes));

describeResources(plugin, randomPlugin(randomBytes).resources, rows);

test("a password is a secret in the state, and its id tells nothing", async () => {
  const password = await plugin().create("random:index/randomPassword:RandomPassword", "master", { length: 24, overrideSpecial: "_" });
  const { values, secrets } = openObject(password.outputs);
  expect(password.id).toBe("none");
  expect([...secrets]).toEqual(["result"]);
  expect(values.result).toMatch(/^[A-Za-z0-9_]{24}$/);
});

test("an id's forms are the same number", async () => {
  const { id, outputs } = await plugin().create("random:index/randomId:RandomId", "suffix", { byteLength: 8 });
  const bytes = Buffer.from(id, "base64url");
  expect(outputs).toMatchObject({
    hex: bytes.toString("hex"),
    dec: bytes.readBigUInt64BE().toString(),
    b64Std: bytes.toString("base64"),
    b64Url: id,
  });
});
