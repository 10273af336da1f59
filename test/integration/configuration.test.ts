import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { configurationExport } from "../../infra/functions/definitions/configurationExport";
import { sealedSecretsStatement } from "../../infra/functions/sealedSecrets";
import { kmsDataKeys, kmsOpener } from "../../lambdas/configuration/data-keys";
import { exportConfiguration } from "../../lambdas/configuration-export/export";
import { cloudWatchLagMetrics } from "../../lambdas/configuration-export/metrics";
import { parametersOf } from "../../lambdas/configuration-export/parameters";
import { pulumiStateOf } from "../../lambdas/configuration-export/pulumi-state";
import { secretsOf } from "../../lambdas/configuration-export/secrets";
import { noDeadline } from "../../lambdas/shared/deadline";
import { getText } from "../../lambdas/shared/objects";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { restoreConfiguration } from "../../ops/lifeboat/restore-configuration/restore";
import { ConfigurationManifest, configurationManifestKey } from "../../recovery/configuration/manifest";
import { METRICS } from "../../recovery/names";
import { memoryLog } from "../unit/lambdas/support/log";
import {
  allowed,
  aws,
  begin,
  bucket,
  contextWith,
  end,
  folder,
  newest,
  now,
  prepare,
  SYSTEM,
  sealingKey,
  secrets,
  ssm,
} from "./support/configuration";
import { primary, recovery } from "./support/emulator";

// What Secrets Manager, Parameter Store, KMS and S3 decide: labels and replicas of secrets, data keys and their context, versions.
beforeAll(begin);
afterAll(end);

describe("secrets", () => {
  const selection = { prefixes: ["shop/"], tags: { backup: "yes" } };

  it("come back with the same value when the secret and its replica were deleted", async () => {
    const { exporting, sealAndProve, restoring, staging } = await prepare();
    const tags = [{ Key: "team", Value: "payments" }];
    await secrets.primary.send(new CreateSecretCommand({ Name: "shop/api", SecretString: "first", Description: "the API's", Tags: tags }));
    await secrets.primary.send(new PutSecretValueCommand({ SecretId: "shop/api", SecretString: 'hun"ter\ntwo' }));
    await secrets.primary.send(
      new CreateSecretCommand({ Name: "tagged", SecretBinary: Buffer.from([0, 255, 7]), Tags: [{ Key: "backup", Value: "yes" }] }),
    );
    await secrets.primary.send(new CreateSecretCommand({ Name: "SHOP/other", SecretString: "not chosen" }));
    await secrets.primary.send(new ReplicateSecretToRegionsCommand({ SecretId: "shop/api", AddReplicaRegions: [{ Region: recovery }] }));
    const source = secretsOf(secrets.primary, primary, selection);

    const exported = await exporting([source], () => source.withoutReplicaIn(recovery));
    const pointId = exported.subjects[0]?.pointId ?? "";
    const { outcome } = await sealAndProve(pointId);
    for (const SecretId of ["shop/api", "tagged"])
      await secrets.primary.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    // The embedded Secrets Manager deletes a replica with its secret; on AWS it is taken off first.
    await expect(secrets.recovery.send(new GetSecretValueCommand({ SecretId: "shop/api" }))).rejects.toThrow("can't find");
    const restored = await restoreConfiguration(restoring("recovery"), { system: SYSTEM, pointId });

    expect([exported.subjects[0]?.outcome, outcome, exported.withoutReplica]).toEqual(["exported", "passed", ["tagged"]]);
    expect(restored.things.map(({ name, outcome, left }) => [name, outcome, left])).toEqual([
      ["shop/api", "restored", "values labelled AWSPREVIOUS"],
      ["tagged", "restored", undefined],
    ]);
    const value = async (SecretId: string) => secrets.recovery.send(new GetSecretValueCommand({ SecretId }));
    expect((await value("shop/api")).SecretString).toBe('hun"ter\ntwo');
    expect([...((await value("tagged")).SecretBinary ?? [])]).toEqual([0, 255, 7]);
    expect(await newest(METRICS.configurationLag, "secrets")).toBeLessThan(60);
    expect(await newest(METRICS.secretsWithoutReplica)).toBe(1);
    for await (const page of staging.list(""))
      for (const { key } of page) expect(await getText(staging, key)).not.toMatch(/first|hun|the API's|payments/);
  });

  it("are exported when one changed, and not otherwise; what is there is never overwritten", async () => {
    const { exporting, sealAndProve, restoring } = await prepare();
    await secrets.primary.send(new CreateSecretCommand({ Name: "shop/b", SecretString: "one" }));
    const source = () => secretsOf(secrets.primary, primary, { prefixes: ["shop/b"], tags: {} });
    const first = await exporting([source()]);
    const unchanged = await exporting([source()]);
    await secrets.primary.send(new PutSecretValueCommand({ SecretId: "shop/b", SecretString: "two" }));
    const changed = await exporting([source()]);
    const pointId = first.subjects[0]?.pointId ?? "";
    await sealAndProve(pointId);

    const present = await restoreConfiguration(restoring("primary"), { system: SYSTEM, pointId });
    const beside = await restoreConfiguration(restoring("primary"), { system: SYSTEM, pointId, only: "shop/b", as: "shop/b-old" });

    expect([first, unchanged, changed].map(({ subjects }) => subjects[0]?.outcome)).toEqual(["exported", "unchanged", "exported"]);
    expect([present, beside].map(({ things }) => things[0]?.outcome)).toEqual(["present", "restored"]);
    const value = async (SecretId: string) => (await secrets.primary.send(new GetSecretValueCommand({ SecretId }))).SecretString;
    expect([await value("shop/b"), await value("shop/b-old")]).toEqual(["two", "one"]);
  });

  it("do not prove, and are not restored, when their data key is of another point", async () => {
    const { exporting, sealAndProve, restoring, staging } = await prepare();
    await secrets.primary.send(new CreateSecretCommand({ Name: "shop/c", SecretString: "one" }));
    const pointId = (await exporting([secretsOf(secrets.primary, primary, { prefixes: ["shop/c"], tags: {} })])).subjects[0]?.pointId ?? "";
    const key = configurationManifestKey(pointId);
    const manifest = await getText(staging, key);
    await staging.put(key, (manifest ?? "").replace(`"LifeboatPoint":"${pointId}"`, '"LifeboatPoint":"another"'), {
      contentType: "application/json",
    });

    const { outcome } = await sealAndProve(pointId);

    expect(outcome).toBe("failed");
    await expect(restoreConfiguration(restoring("recovery"), { system: SYSTEM, pointId })).rejects.toThrow("data key opened");
  });
});

describe("the function's own policy", () => {
  it("lets it export what is configured, and open nothing that was sealed, which the proof's policy does", async () => {
    const context = contextWith({ secrets: { prefixes: ["own/"] }, parameters: { prefixes: ["/own/"] } });
    await secrets.primary.send(new CreateSecretCommand({ Name: "own/a", SecretString: "one" }));
    await secrets.primary.send(new CreateSecretCommand({ Name: "someones", SecretString: "not to be read" }));
    await ssm.primary.send(new PutParameterCommand({ Name: "/own/p", Type: "SecureString", Value: "p" }));
    const staging = await bucket("primary", false, context.buckets.staging);
    const vault = await bucket("recovery", true, context.buckets.vault);
    await vault.put("configuration/of/another", "not to be read", { contentType: "text/plain" });
    const own = [...configurationExport(context).statements, sealedSecretsStatement("seals", sealingKey)];
    const exporter = { endpoint: aws.gateway.url, credentials: await allowed("exporter", own) };
    const prover = {
      endpoint: aws.gateway.url,
      region: recovery,
      credentials: await allowed("prover", [sealedSecretsStatement("opens", sealingKey)]),
    };
    const asExporter = { ...exporter, region: primary };
    const tools = {
      ...{
        system: SYSTEM,
        now,
        log: memoryLog().log,
        deadline: noDeadline,
        random: randomBytes,
        refreshSeconds: 86_400,
        refreshUnprovenSeconds: 1800,
      },
      staging: s3Objects(new S3Client(asExporter), staging.bucket),
      vault: s3Objects(new S3Client({ ...exporter, region: recovery }), vault.bucket),
      makeDataKey: kmsDataKeys(new KMSClient({ ...exporter, region: recovery }), sealingKey),
      metrics: cloudWatchLagMetrics(new CloudWatchClient({ ...exporter, region: recovery }), SYSTEM),
      withoutReplica: () => [],
    };
    const ofSecrets = new SecretsManagerClient(asExporter);

    const run = () =>
      exportConfiguration(tools, [
        secretsOf(ofSecrets, primary, { prefixes: ["own/"], tags: {} }),
        parametersOf(new SSMClient(asExporter), primary, ["/own/"]),
      ]);
    const { subjects } = await run();
    // The second one looks into the vault.
    const again = await run();

    expect(subjects.map(({ outcome, count }) => [outcome, count])).toEqual([
      ["exported", 1],
      ["exported", 1],
    ]);
    const manifest = ConfigurationManifest.parse(
      JSON.parse((await getText(staging, configurationManifestKey(subjects[0]?.pointId ?? ""))) ?? ""),
    );
    const { envelope } = manifest.content as Extract<ConfigurationManifest["content"], { kind: "secrets" | "parameters" }>;
    await expect(kmsOpener(new KMSClient({ ...exporter, region: recovery }))(envelope)).rejects.toThrow("not authorized");
    expect(await kmsOpener(new KMSClient(prover))(envelope)).toHaveLength(32);
    await expect(ofSecrets.send(new GetSecretValueCommand({ SecretId: "someones" }))).rejects.toThrow("not authorized");
    expect(again.subjects.map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged"]);
    await expect(tools.vault.get("configuration/of/another")).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(tools.vault.put("catalogue/proofs/configuration/secrets/own", "{}", { contentType: "text/plain" })).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });
});

describe("parameters", () => {
  it("come back with type and value", async () => {
    const { exporting, sealAndProve, restoring } = await prepare();
    await ssm.primary.send(new PutParameterCommand({ Name: "/shop/token", Type: "SecureString", Value: "t0ken", Description: "d" }));
    await ssm.primary.send(new PutParameterCommand({ Name: "/shop/hosts", Type: "StringList", Value: "a,b" }));
    await ssm.primary.send(new PutParameterCommand({ Name: "/other/x", Type: "String", Value: "no" }));
    const pointId = (await exporting([parametersOf(ssm.primary, primary, ["/shop/"])])).subjects[0]?.pointId ?? "";
    const { outcome } = await sealAndProve(pointId);
    await ssm.primary.send(new DeleteParameterCommand({ Name: "/shop/token" }));

    const restored = await restoreConfiguration(restoring("recovery"), { system: SYSTEM, pointId });

    expect([outcome, restored.things.map(({ name }) => name)]).toEqual(["passed", ["/shop/hosts", "/shop/token"]]);
    const { Parameter } = await ssm.recovery.send(new GetParameterCommand({ Name: "/shop/token", WithDecryption: true }));
    expect([Parameter?.Type, Parameter?.Value]).toEqual(["SecureString", "t0ken"]);
  });
});

describe("Pulumi's state", () => {
  it("is copied as it is when it changed, and comes back as files", async () => {
    const { exporting, sealAndProve, restoring } = await prepare();
    const state = await bucket("recovery");
    const checkpoint = JSON.stringify({ version: 3, checkpoint: { latest: { resources: [] } } });
    await state.put(".pulumi/meta.yaml", "version: 1\n", { contentType: "text/plain" });
    await state.put(".pulumi/stacks/lifeboat/dr.json", checkpoint, { contentType: "application/json" });
    await state.put(".pulumi/stacks/lifeboat/dr.json.bak", "old", { contentType: "application/json" });
    const source = () => pulumiStateOf("dr", state);
    const pointId = (await exporting([source()])).subjects[0]?.pointId ?? "";
    const { entryKey, outcome } = await sealAndProve(pointId);
    const again = await exporting([source()]);

    const into = join(folder, "state");
    const restored = await restoreConfiguration(restoring("recovery", into), { system: SYSTEM, pointId });

    expect(entryKey).toContain("catalogue/points/configuration/pulumi-state/dr/");
    expect([outcome, again.subjects[0]?.outcome]).toEqual(["passed", "unchanged"]);
    expect(restored.things.map(({ name }) => name)).toEqual([".pulumi/meta.yaml", ".pulumi/stacks/lifeboat/dr.json"]);
    expect(readFileSync(join(into, ".pulumi/stacks/lifeboat/dr.json"), "utf8")).toBe(checkpoint);
  });
});
