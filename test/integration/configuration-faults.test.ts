import { randomBytes } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { kmsDataKeys } from "../../lambdas/configuration/data-keys";
import { exportConfiguration } from "../../lambdas/configuration-export/export";
import { cloudWatchLagMetrics } from "../../lambdas/configuration-export/metrics";
import { secretsOf } from "../../lambdas/configuration-export/secrets";
import { noDeadline } from "../../lambdas/shared/deadline";
import { getText } from "../../lambdas/shared/objects";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { ConfigurationManifest, configurationManifestKey } from "../../recovery/configuration/manifest";
import { type FaultyProxy, isGet, isPut, onceEach, S3_WRITE_FAULTS, type SeenRequest, startFaultyProxy } from "../support/faulty-proxy";
import { memoryLog } from "../unit/lambdas/support/log";
import { aws, begin, end, kms, metrics, now, prepare, SYSTEM, sealingKey, secrets } from "./support/configuration";
import { primary, root } from "./support/emulator";

// An export of secrets while S3 fails under it. Each request is made once by the client here, so that every fault reaches the export.
let proxy: FaultyProxy;
let throughFaults: S3Client;

beforeAll(async () => {
  await begin();
  proxy = await startFaultyProxy(aws.gateway.url);
  throughFaults = new S3Client({ region: primary, credentials: root, forcePathStyle: true, endpoint: proxy.url, maxAttempts: 1 });
});
afterEach(() => proxy.setFault(() => undefined));
afterAll(async () => {
  await proxy?.stop();
  await end();
});

let made = 0;

/** One secret, a staging bucket behind the faults, and the function's runs, of which a schedule makes the next when one fails. */
const arrange = async () => {
  made += 1;
  const name = `faults-${made}/api`;
  await secrets.primary.send(new CreateSecretCommand({ Name: name, SecretString: "first" }));
  const { staging, vault, sealAndProve } = await prepare();
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
    ...{ staging: s3Objects(throughFaults, staging.bucket), vault, makeDataKey: kmsDataKeys(kms, sealingKey) },
    ...{ metrics: cloudWatchLagMetrics(metrics, SYSTEM), withoutReplica: () => undefined },
  };
  const run = () => exportConfiguration(tools, [secretsOf(secrets.primary, primary, { prefixes: [`faults-${made}/`], tags: {} })]);
  const manifests = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const page of staging.list("configuration/")) keys.push(...page.map(({ key }) => key));
    return keys.filter((key) => key.endsWith("manifest.json"));
  };
  const failures: string[] = [];
  const exporting = async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await run();
      } catch (error) {
        failures.push(String(error));
        if (attempt === 30) throw error;
      }
    }
  };
  /** Each point that is there, read back as it would be for a restore. */
  const proofs = () =>
    manifests().then(async (keys) => {
      const outcomes: string[] = [];
      for (const key of keys) {
        const { pointId } = ConfigurationManifest.parse(JSON.parse((await getText(staging, key)) ?? "null"));
        outcomes.push((await sealAndProve(pointId)).outcome);
      }
      return outcomes;
    });
  const namesIn = async (pointId: string) => {
    const { content } = ConfigurationManifest.parse(JSON.parse((await getText(staging, configurationManifestKey(pointId))) ?? "null"));
    return content.kind === "secrets" ? content.records.map((record) => record.name) : [];
  };
  const change = () => secrets.primary.send(new PutSecretValueCommand({ SecretId: name, SecretString: "second" }));
  return { change, exporting, failures, manifests, name, namesIn, proofs, run };
};

/** A run that begins anew writes under a new point's keys: what counts as one request is where in the export it stands. */
const inExport = ({ method, path }: SeenRequest): string => `${method} ${path.replace(/configuration-\d{8}T\d{6}Z-[0-9a-f]{4}/, "point")}`;

it.each(S3_WRITE_FAULTS)(
  "exports when S3 %s once for each request, and every point that is there can be proven",
  async (_what, fault, concerns) => {
    const { exporting, failures, manifests, name, namesIn, proofs } = await arrange();
    proxy.setFault(onceEach(fault, concerns, inExport));

    const exported = await exporting();
    proxy.setFault(() => undefined);

    expect(failures.length).toBeGreaterThan(0);
    expect((await manifests()).length).toBeGreaterThan(0);
    expect(new Set(await proofs())).toEqual(new Set(["passed"]));
    expect(await namesIn(exported.subjects[0]?.pointId ?? "")).toEqual([name]);
  },
);

it("goes on from what it kept of the last export when S3 cuts that short: a change is exported, and nothing else is", async () => {
  const { change, exporting, failures, manifests, proofs, run } = await arrange();
  await run();
  await change();
  proxy.setFault(onceEach("cut", isGet));

  const changed = await exporting();
  proxy.setFault(() => undefined);
  const unchanged = await run();

  expect(failures.length).toBeGreaterThan(0);
  expect([changed.subjects[0]?.outcome, unchanged.subjects[0]?.outcome]).toEqual(["exported", "unchanged"]);
  expect(await manifests()).toHaveLength(2);
  expect(await proofs()).toEqual(["passed", "passed"]);
});

it("exports when S3 is slow, and writes the manifest behind its parts", async () => {
  const { manifests, proofs, run } = await arrange();
  const before = proxy.requests.length;
  proxy.setFault(() => ({ delayMs: 50 }));

  await run();

  const puts = proxy.requests.slice(before).filter(isPut);
  const indexOf = (what: RegExp) => puts.findLastIndex(({ path }) => what.test(path));
  expect(indexOf(/manifest\.json/)).toBeGreaterThan(indexOf(/records/));
  expect(await manifests()).toHaveLength(1);
  expect(await proofs()).toEqual(["passed"]);
});

it("offers nothing while S3 takes no manifest, and exports when that is over", async () => {
  const { manifests, proofs, run } = await arrange();
  proxy.setFault((request) => (isPut(request) && request.path.includes("manifest.json") ? { status: 503 } : undefined));

  await expect(run()).rejects.toThrow();
  const during = await manifests();
  proxy.setFault(() => undefined);
  await run();

  expect(during).toEqual([]);
  expect(await proofs()).toEqual(["passed"]);
});

it("makes whole points of two exports at once", async () => {
  const { manifests, proofs, run } = await arrange();

  const both = await Promise.all([run(), run()]);

  expect(both.map(({ subjects }) => subjects[0]?.outcome)).toContain("exported");
  expect((await manifests()).length).toBeGreaterThan(0);
  expect(new Set(await proofs())).toEqual(new Set(["passed"]));
});
