import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEks, type PodIdentityAgent, startPodIdentityAgent } from "../../../../local/eks";

const REGION = "us-east-1";
const POD = { namespace: "jobs", name: "dump-1", uid: "1", serviceAccount: "dump" };
const role = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;
const HOUR_MS = 3_600_000;

let root: string;
let now = new Date("2026-11-26T10:00:00Z");
let assumed: string[];
let associated: string | undefined;
let agent: PodIdentityAgent;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "lifeboat-agent-"));
  now = new Date("2026-11-26T10:00:00Z");
  [assumed, associated] = [[], role("dump")];
  const eks = createEks({ clusters: { [REGION]: ["acme"] }, account: "000000000000", now: () => now, random: Math.random });
  const path = "/clusters/acme/pod-identity-associations";
  const body = Buffer.from(JSON.stringify({ namespace: "jobs", serviceAccount: "dump", roleArn: role("dump") }));
  await eks.handle({ region: REGION, method: "POST", path, query: new URLSearchParams(), body });
  agent = await startPodIdentityAgent({
    region: REGION,
    now: () => now,
    associationOf: (namespace, account) => {
      const found = eks.associationOf(REGION, "acme", namespace, account);
      return found === undefined || associated === undefined ? undefined : { ...found, roleArn: associated };
    },
    assume: async (roleArn, { name }) => {
      assumed.push(`${roleArn} for ${name}`);
      const accessKeyId = `ASIA${assumed.length}`;
      return { accessKeyId, secretAccessKey: "secret", sessionToken: "token", expiration: new Date(now.getTime() + HOUR_MS) };
    },
  });
});
afterEach(async () => {
  await agent.stop();
  rmSync(root, { recursive: true, force: true });
});

const ask = async (
  variables: Readonly<Record<string, string>>,
  token = readFileSync(variables.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? "", "utf8"),
) => {
  const response = await fetch(variables.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? "", { headers: { authorization: token } });
  return { status: response.status, content: await response.json() };
};

test("a pod of an associated account is told its role's credentials, as SDKs read them", async () => {
  const variables = agent.variablesOf(POD, root);

  expect(variables).toMatchObject({ AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION });
  expect(await ask(variables)).toEqual({
    status: 200,
    content: { AccessKeyId: "ASIA1", SecretAccessKey: "secret", Token: "token", Expiration: "2026-11-26T11:00:00.000Z" },
  });
  expect(assumed).toEqual([`${role("dump")} for dump-1`]);
});

test("the role is assumed once while its session lasts, and anew before it ends", async () => {
  const variables = agent.variablesOf(POD, root);

  await Promise.all([ask(variables), ask(variables)]);
  now = new Date("2026-11-26T10:39:00Z");
  expect((await ask(variables)).content).toMatchObject({ AccessKeyId: "ASIA1" });
  now = new Date("2026-11-26T10:41:00Z");
  expect((await ask(variables)).content).toMatchObject({ AccessKeyId: "ASIA2", Expiration: "2026-11-26T11:41:00.000Z" });
});

test("another role is taken at once, and none when the association is gone", async () => {
  const variables = agent.variablesOf(POD, root);
  await ask(variables);

  associated = role("other");
  await ask(variables);
  expect(assumed.at(-1)).toBe(`${role("other")} for dump-1`);

  associated = undefined;
  expect((await ask(variables)).status).toBe(404);
});

test("nobody without a pod's token is told anything", async () => {
  const variables = agent.variablesOf(POD, root);

  expect((await ask(variables, "guessed")).status).toBe(401);
  agent.forget(POD);
  expect((await ask(variables)).status).toBe(401);
  expect(assumed).toEqual([]);
});

test("a pod of an account without a role gets no variable", () => {
  expect(agent.variablesOf({ ...POD, serviceAccount: "default" }, root)).toEqual({});
});
