import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogueOf } from "../../../../../lambdas/shared/catalogue";
import type { Replica } from "../../../../../lambdas/shared/database-replica";
import type { SignalSources } from "../../../../../lambdas/shared/strategy-signals";
import type { CommandIo } from "../../../../../ops/lifeboat/command";
import { strategyCommand, strategyCommandWith } from "../../../../../ops/lifeboat/strategy";
import type { StrategyOptions } from "../../../../../ops/lifeboat/strategy/options";
import type { RestoreSettings } from "../../../../../recovery/estimates/chroma";
import { Proposal } from "../../../../../recovery/strategy/proposal";
import { CATALOGUE_KEY } from "../../../../support/authenticity";
import { MemoryObjects } from "../../../../support/memory-objects";
import { exportedPoint, fiveRecords } from "../../../lambdas/support/chroma-point";
import { measureInto } from "../../../lambdas/support/restore-measurement";
import { catalogueIn, proveInto } from "../../../lambdas/support/vaults";

const NOW = new Date("2026-11-24T22:00:00.000Z");
const REPLICA: Replica = {
  instance: "acme-postgres-replica",
  arn: "arn",
  resourceId: "db-R",
  status: "available",
  sourceArn: "source",
  replicating: true,
  replicationStatus: "replicating",
  engineVersion: "15.10",
};
const BACKUP = {
  arn: "arn:ab",
  resourceId: "db-1",
  instanceIdentifier: "acme-postgres",
  sourceRegion: "us-east-1",
  status: "replicating",
  engineVersion: "15.10",
  encrypted: true,
  window: { earliest: new Date("2026-11-24T09:00:00Z"), latest: new Date("2026-11-24T21:48:00Z") },
};

let projectDir: string;
beforeEach(async () => {
  projectDir = await mkdtemp(join(tmpdir(), "lifeboat-strategy-"));
  await writeFile(
    join(projectDir, "Pulumi.dr.yaml"),
    "config:\n  lifeboat:system: acme\n  lifeboat:regions:\n    primary: us-east-1\n    recovery: eu-west-1\n",
  );
  await writeFile(
    join(projectDir, "Pulumi.prod.yaml"),
    "config:\n  lifeboat:postgres:\n    tier: gold\n  lifeboat:tiers:\n    gold:\n      rto: 30m\n      rpo: 10m\n",
  );
});
afterEach(() => rm(projectDir, { recursive: true, force: true }));

/** Runs the command against sources in memory, and keeps what was said and how it connected. */
const run = async (
  argv: readonly string[],
  changes: Partial<SignalSources> = {},
  signal = new AbortController().signal,
  chromaRestore?: RestoreSettings,
) => {
  const said: string[] = [];
  const connected: StrategyOptions[] = [];
  const closings: StrategyOptions[] = [];
  const command = strategyCommandWith(async (options) => {
    connected.push(options);
    const sources: SignalSources = {
      system: options.system,
      databaseInstance: "acme-postgres",
      primaryRegion: options.primaryRegion,
      replicas: { find: async () => REPLICA },
      replicaLag: { newest: async () => ({ lagSeconds: 3, measuredAt: NOW }) },
      automatedBackups: { find: async () => [BACKUP] },
      catalogue: catalogueOf(new MemoryObjects("vault"), CATALOGUE_KEY),
      documentsReplica: new MemoryObjects("documents"),
      refusals: { between: async () => undefined },
      alarms: { inAlarm: async () => [] },
      ...changes,
    };
    return { sources, ...(chromaRestore === undefined ? {} : { chromaRestore }), close: () => void closings.push(options) };
  });
  const io: CommandIo = { out: (text) => said.push(text), environment: {}, projectDir, now: () => NOW, signal };
  const code = await command.run(argv, io);
  return { code, text: said.join(""), connected, closed: closings.length };
};

test("a fresh replica: what, what it costs, why, what else, and the lines to set it; the stacks' files say the rest", async () => {
  const { code, text, connected, closed } = await run([]);

  expect(code).toBe(0);
  expect(closed).toBe(1);
  expect(connected).toEqual([
    {
      system: "acme",
      recoveryRegion: "eu-west-1",
      primaryRegion: "us-east-1",
      tier: { name: "gold", rpoSeconds: 600, rtoSeconds: 1800 },
      json: false,
    },
  ]);
  expect(text).toMatch(/PROPOSED: strategy latest: promote the standing read replica/);
  expect(text).toMatch(/expected loss {6}3 s at most\n/);
  expect(text).toMatch(/expected recovery {2}not known\n.*several minutes or longer.*\n.*https:\/\/docs\.aws\.amazon\.com/);
  expect(text).toMatch(/Why\n {2}- acme-postgres-replica is 3 s behind/);
  expect(text).toMatch(/Other ways\n {2}- strategy point-in-time: restore a new database/);
  expect(text).not.toMatch(/Could not be read/);
  expect(text).toContain("  pulumi config set lifeboat:strategy latest --stack dr\n  pulumi config rm lifeboat:time --stack dr\n");
});

test("reported damage: a restore to the second before it, with the time in quotes, and the miss in sight", async () => {
  const { code, text } = await run(["--corrupted-since", "2026-11-24T22:00:00+01:00", "--tier", "critical"]);

  expect(code).toBe(0);
  expect(text).toContain(
    '  pulumi config set lifeboat:strategy point-in-time --stack dr\n  pulumi config set lifeboat:time "2026-11-24T20:59:59Z" --stack dr\n',
  );
  expect(text).toMatch(/expected loss {6}1 h at most {2}MISSES its objective/);
});

test("--json is the proposal, and nothing else", async () => {
  const { code, text } = await run(["--json", "--system", "other", "--region", "eu-central-1", "--primary-region", "us-west-2"]);

  expect(code).toBe(0);
  expect(Proposal.parse(JSON.parse(text))).toMatchObject({
    outcome: "proposed",
    system: "other",
    strategy: "latest",
    madeAt: NOW.toISOString(),
  });
});

test("with nothing to come back from the exit code is 1, the hint is shown and so is what could not be read", async () => {
  const denied = async (): Promise<never> => {
    throw new Error("AccessDenied: rds");
  };
  const failing: AsyncIterable<never> = { [Symbol.asyncIterator]: () => ({ next: denied }) };

  const { code, text, closed } = await run([], {
    replicas: { find: denied },
    automatedBackups: { find: async () => [] },
    catalogue: { keys: () => failing, read: denied, versions: () => failing, authenticator: CATALOGUE_KEY },
  });

  expect([code, closed]).toEqual([1, 1]);
  expect(text).toMatch(/NO PROPOSAL\n {2}Hint: /);
  expect(text).toMatch(/Could not be read\n {2}- replica: AccessDenied: rds\n/);
  expect(text).toMatch(/- recovery points: AccessDenied: rds\n {2}- earlier recoveries: AccessDenied: rds/);
  expect(text).not.toContain("pulumi config");
});

describe("bad input is refused before anything is asked", () => {
  test.each([
    [["--corrupted-since", "2026-11-24T21:00:00"], /a time with its zone/],
    [["--corrupted-since", "2026-11-24T22:00:01Z"], /not after now/],
    [["--corrupted-since", "2026-13-24T21:00:00Z"], /cannot be used/],
    [["--system", "Acme"], /no value of --system/],
    [["--region", "europe"], /no value of --region/],
    [["--tier", "silver"], /Received: silver\. Allowed: critical, standard, non-critical, gold\./],
    [["--fast"], /Hint: npm run lifeboat -- strategy/],
    [["now"], /Received: now\./],
  ])("%j", async (argv, message) => {
    await expect(run(argv)).rejects.toThrow(message);
  });

  test("without the stacks' files the three names must be given, and the tier is the strictest", async () => {
    await rm(projectDir, { recursive: true });

    await expect(run([])).rejects.toThrow(/--system is needed, and no Pulumi\.dr\.yaml says it/);
    const { connected } = await run(["--system", "acme", "--region", "eu-west-1", "--primary-region", "us-east-1"]);
    expect(connected[0]?.tier.name).toBe("critical");
  });

  test("a stack's file that cannot be read is named", async () => {
    await writeFile(join(projectDir, "Pulumi.dr.yaml"), "config: [");

    await expect(run([])).rejects.toThrow(/Pulumi\.dr\.yaml is no stack configuration/);
  });
});

describe("the vectors beside the database", () => {
  const RESTORE: RestoreSettings = {
    ...{ tier: "critical", rtoSeconds: 3600, alarmSeconds: 600, clusterSeconds: 0 },
    ...{ assumedRecordsPerSecond: 0.001, volumeSnapshots: "off" as const },
  };
  const withExport = async () => {
    const vault = new MemoryObjects("vault", () => NOW);
    await proveInto(vault, () => NOW, exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords));
    return { vault, catalogue: catalogueIn(vault) };
  };
  const runWith = (catalogue: SignalSources["catalogue"], ...argv: string[]) => run(argv, { catalogue }, undefined, RESTORE);

  test("have the time of their restore said at the assumed rate, with the miss in sight, until one was measured", async () => {
    const { vault, catalogue } = await withExport();

    const assumed = await runWith(catalogue);
    measureInto(vault, { records: 5, recordsPerSecond: 500 });
    const measured = await runWith(catalogue, "--json");

    expect(assumed.text).toMatch(
      /Vectors\n {2}- Restore of chroma-20261124T100000Z-1a2b: about 1 h 33 min from a disaster\. MISSES tier "critical"/,
    );
    expect(Proposal.parse(JSON.parse(measured.text)).vectors).toMatchObject({
      ...{ records: 5, recordsPerSecond: 500, meetsRto: true },
      measuredBy: { recoveryId: "drill-1a2b" },
    });
  });

  test("that nobody can estimate leave the proposal as it is, and what could not be read is named once", async () => {
    const denied = (): never => {
      throw new Error("AccessDenied: s3");
    };
    const catalogue = { keys: denied, read: denied, versions: denied, authenticator: CATALOGUE_KEY };

    const { code, text } = await runWith(catalogue);

    expect(code).toBe(0);
    expect(text).not.toContain("Vectors");
    expect(text.match(/earlier recoveries: AccessDenied: s3/g)).toHaveLength(1);
  });
});

test("an interrupt ends it at once, connections too", async () => {
  const interrupt = new AbortController();
  const never = new Promise<never>(() => {});
  const replicas = {
    find: async () => {
      interrupt.abort(new Error("interrupted"));
      return never;
    },
  };

  await expect(run([], { replicas }, interrupt.signal)).rejects.toThrow("interrupted");
});

test("the command is named as it is typed", () => {
  expect(strategyCommand.name).toBe("strategy");
  expect(strategyCommand.usage).toMatch(/^npm run lifeboat -- strategy /);
});
