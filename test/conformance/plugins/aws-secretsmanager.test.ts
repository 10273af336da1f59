import {
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { secretsmanagerResources } from "../../../local/plugins/aws/secretsmanager/index";
import { otherRegion, useAws } from "./aws";
import { describeResources, type Given, type ResourceCase } from "./suite";

const aws = useAws(secretsmanagerResources);
const client = (region?: string) => aws.outside().client(SecretsManagerClient, region);

const secretType = "aws:secretsmanager/secret:Secret";
const versionType = "aws:secretsmanager/secretVersion:SecretVersion";
const secretOf = (given: Given) => given.secret?.id ?? "";

const rows: ResourceCase[] = [
  {
    type: secretType,
    inputs: (_, unique) => ({ name: unique, description: "Master password", recoveryWindowInDays: 0, tags: { owner: "test" } }),
    outputs: () => ({ tagsAll: { owner: "test" } }),
    update: (_, unique) => ({ name: unique, recoveryWindowInDays: 0, replicas: [{ region: otherRegion }], tags: { tier: "critical" } }),
    replace: { because: "name", inputs: (_, unique) => ({ name: `${unique}-2`, recoveryWindowInDays: 0 }) },
    drift: async ({ id }) => {
      await client().send(new UpdateSecretCommand({ SecretId: id, Description: "Hijacked" }));
    },
    notRead: ["recoveryWindowInDays", "forceOverwriteReplicaSecret"],
  },
  {
    type: secretType,
    about: "replicated",
    inputs: (_, unique) => ({ name: unique, recoveryWindowInDays: 0, replicas: [{ region: otherRegion }] }),
    update: (_, unique) => ({
      name: unique,
      recoveryWindowInDays: 0,
      replicas: [{ region: otherRegion }],
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Deny", Principal: "*", Action: "secretsmanager:DeleteSecret", Resource: "*" }],
      }),
    }),
    drift: async ({ id }) => {
      const ResourcePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
      await client().send(new PutResourcePolicyCommand({ SecretId: id, ResourcePolicy }));
      await client().send(new UpdateSecretCommand({ SecretId: id, Description: "Hijacked" }));
    },
    notRead: ["recoveryWindowInDays", "forceOverwriteReplicaSecret"],
  },
  {
    type: versionType,
    prepare: async (engine, unique) => ({ secret: await engine.create(secretType, "secret", { name: unique, recoveryWindowInDays: 0 }) }),
    inputs: (given) => ({ secretId: secretOf(given), secretString: "hunter2" }),
    outputs: () => ({ versionStages: ["AWSCURRENT"] }),
    replace: { because: "secretString", inputs: (given) => ({ secretId: secretOf(given), secretString: "hunter3" }) },
    drift: { none: "a version never changes" },
    staysReadable: "the current version goes with its secret",
  },
];

describeResources(aws.plugin, secretsmanagerResources, rows);

test("a secret's value is read from its replica in the other region", async () => {
  const engine = aws.plugin();
  const replicas = [{ region: otherRegion }];
  const secret = await engine.create(secretType, "secret", { name: "replicated", recoveryWindowInDays: 0, replicas });
  await engine.create(versionType, "version", { secretId: secret.id, secretString: "hunter2" });

  const found = await client(otherRegion).send(new GetSecretValueCommand({ SecretId: "replicated" }));

  expect(found.SecretString).toBe("hunter2");
  expect(secret.outputs.replicas).toMatchObject([{ region: otherRegion, status: "InSync" }]);
  await engine.delete(secret);
  await expect(client(otherRegion).send(new GetSecretValueCommand({ SecretId: "replicated" }))).rejects.toThrow("can't find");
});

test("a replica follows every new version of its secret, also one that an existing secret gets later", async () => {
  const engine = aws.plugin();
  const inputs = { name: "following", recoveryWindowInDays: 0 };
  const valueThere = async () => (await client(otherRegion).send(new GetSecretValueCommand({ SecretId: "following" }))).SecretString;
  const plain = await engine.create(secretType, "secret", inputs);
  const first = await engine.create(versionType, "version", { secretId: plain.id, secretString: "one" });

  const replicated = await engine.update(plain, { ...inputs, replicas: [{ region: otherRegion }] });
  const copied = await valueThere();
  const second = await engine.create(versionType, "version", { secretId: plain.id, secretString: "two" });
  await engine.delete(first);

  expect(copied).toBe("one");
  expect(await valueThere()).toBe("two");
  expect(await engine.read(second)).toEqual(second);
  await engine.delete(replicated);
});

test("a version that another one followed is gone when it is deleted", async () => {
  const engine = aws.plugin();
  const secret = await engine.create(secretType, "secret", { name: "followed", recoveryWindowInDays: 0 });
  const old = await engine.create(versionType, "old", { secretId: secret.id, secretString: "one" });
  const current = await engine.create(versionType, "current", { secretId: secret.id, secretString: "two" });

  await engine.delete(old);

  expect(await engine.read(old)).toBeUndefined();
  expect((await client().send(new GetSecretValueCommand({ SecretId: "followed" }))).VersionId).toBe(current.outputs.versionId);
  await engine.delete(secret);
});

test("a recovery window that AWS does not allow is refused", async () => {
  const inputs = { name: "window", recoveryWindowInDays: 3 };

  await expect(aws.plugin().check(secretType, "secret", inputs)).rejects.toThrow("recoveryWindowInDays: is 3; allowed are 0");
});
