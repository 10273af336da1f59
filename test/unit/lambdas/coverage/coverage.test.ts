import { writeCanary } from "../../../../lambdas/canary/write";
import type { ListedSecret } from "../../../../lambdas/coverage/aws/secrets";
import { type CoverageTools, checkCoverage } from "../../../../lambdas/coverage/coverage";
import { CoverageEvent } from "../../../../lambdas/coverage/events";
import type { CoverageSettings } from "../../../../lambdas/coverage/protected";
import type { Measurement } from "../../../../lambdas/shared/metrics";
import type { Resource } from "../../../../recovery/coverage/resource";
import { MemoryObjects } from "../../../support/memory-objects";
import { backupsOf, replicatedBackup } from "../support/automated-backups";
import { exportedPoint, fiveRecords, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { configurationPoint, repositoryOf, secretsOf, trustInto } from "../support/configuration-point";
import { memoryLog } from "../support/log";
import { catalogueIn, proveInto } from "../support/vaults";

const [PRIMARY, RECOVERY] = ["us-east-1", "eu-west-1"];
const SETTINGS: CoverageSettings = {
  regions: [PRIMARY, RECOVERY],
  primaryRegion: PRIMARY,
  recoveryRegion: RECOVERY,
  databaseInstance: "acme-postgres",
  documentsBucket: "acme-documents",
  ownBuckets: ["acme-vault", "acme-staging"],
  stateBuckets: [{ stack: "prod", bucket: "acme-state" }],
  chromaNamespace: "acme-chroma",
  repositories: ["shop"],
  exclusions: [],
};

const resource = (kind: Resource["kind"], name: string, region: string, changes: Partial<Resource> = {}): Resource => ({
  kind,
  name,
  aliases: [],
  region,
  ...changes,
});
const secretOf = (name: string, primaryRegion?: string): ListedSecret => ({
  name,
  arn: `arn:${name}`,
  ...(primaryRegion === undefined ? {} : { primaryRegion }),
});

const prepare = () => {
  const clock = clockAt("2026-11-24T10:00:30.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const documentsReplica = new MemoryObjects("replica", clock.now);
  const published: Measurement[] = [];
  const { log, lines } = memoryLog();
  const inEach = (of: Readonly<Record<string, readonly Resource[]>>) => async (region: string) => of[region] ?? [];
  const secrets = async (region: string): Promise<readonly ListedSecret[]> =>
    region === PRIMARY
      ? [secretOf("lifeboat/acme/postgres", PRIMARY), secretOf("shop/api")]
      : [secretOf("lifeboat/acme/postgres", PRIMARY), secretOf("lifeboat/acme/recoveries/drill-1/postgres")];
  const tools = (): CoverageTools => ({
    inventory: {
      regions: SETTINGS.regions,
      repositories: SETTINGS.repositories,
      databases: inEach({
        [PRIMARY]: [resource("database", "acme-postgres", PRIMARY)],
        [RECOVERY]: [resource("database", "acme-postgres-replica", RECOVERY)],
      }),
      buckets: async () => ["acme-documents", "acme-vault", "acme-staging", "acme-state"].map((name) => resource("bucket", name, PRIMARY)),
      volumes: inEach({ [PRIMARY]: [resource("volume", "vol-1", PRIMARY, { aliases: ["pvc:acme-chroma/data-chroma-0"] })] }),
      secrets,
    },
    evidence: {
      system: SYSTEM,
      vault,
      catalogue: catalogueIn(vault),
      documentsReplica,
      automatedBackups: backupsOf(replicatedBackup("2026-11-24T10:00:10.000Z")),
      secrets,
    },
    metrics: { publish: async (measurements) => void published.push(...measurements) },
    log,
    now: clock.now,
  });
  const protect = async () => {
    await proveInto(vault, clock.now, exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords));
    await writeCanary(documentsReplica, SYSTEM, clock.now());
    await trustInto(vault, clock.now, configurationPoint("repositories/shop", repositoryOf({ "refs/heads/main": "1".repeat(40) })));
    await trustInto(
      vault,
      clock.now,
      configurationPoint("secrets", secretsOf("shop/api"), { pointId: "configuration-20261124T100010Z-2b3c" }),
    );
    const state = {
      kind: "files",
      bucket: "acme-state",
      files: [{ key: ".pulumi/x", versionId: "v", part: "configuration/configuration-20261124T100020Z-3c4d/part-00000" }],
    } as const;
    await trustInto(
      vault,
      clock.now,
      configurationPoint("pulumi-state/prod", { ...state, files: [...state.files] }, { pointId: "configuration-20261124T100020Z-3c4d" }),
    );
  };
  const check = (changes: Partial<CoverageTools> = {}, event: unknown = {}, settings = SETTINGS) =>
    checkCoverage({ ...tools(), ...changes }, settings, CoverageEvent.parse(event));
  return { check, tools, protect, published, lines };
};

const uncovered = (coverage: Awaited<ReturnType<typeof checkCoverage>>) =>
  coverage.lines
    .filter(({ verdict }) => verdict === "unprotected" || verdict === "unknown")
    .map(({ kind, name, reason }) => [kind, name, reason]);

describe("coverage", () => {
  it("of a system that protects all that it has is whole, and says so to the alarm", async () => {
    const { check, protect, published } = prepare();
    await protect();

    const coverage = await check();

    expect(uncovered(coverage)).toEqual([]);
    expect(published).toEqual([expect.objectContaining({ name: "Uncovered", value: 0, system: SYSTEM })]);
    expect(Object.fromEntries(coverage.lines.map(({ name, region, verdict }) => [`${name} ${region}`, verdict]))).toEqual({
      "acme-postgres us-east-1": "protected",
      "acme-postgres-replica eu-west-1": "own",
      "acme-documents us-east-1": "protected",
      "acme-vault us-east-1": "own",
      "acme-staging us-east-1": "own",
      "acme-state us-east-1": "protected",
      "vol-1 us-east-1": "protected",
      "shop undefined": "protected",
      "shop/api us-east-1": "protected",
      "lifeboat/acme/postgres us-east-1": "protected",
      "lifeboat/acme/postgres eu-west-1": "own",
      "lifeboat/acme/recoveries/drill-1/postgres eu-west-1": "own",
    });
  });

  it("names what a system without a single point has, with what is wrong with each protection", async () => {
    const { check, published } = prepare();

    const coverage = await check();

    expect(uncovered(coverage)).toEqual([
      ["bucket", "acme-documents", "replication to replica, but no canary is in replica"],
      ["bucket", "acme-state", "exports of Pulumi's state, but no point of configuration/pulumi-state/prod has been sealed"],
      ["volume", "vol-1", "its content's exports, but no point of chroma has been sealed"],
      ["repository", "shop", "bundles, but no point of configuration/repositories/shop has been sealed"],
      ["secret", "shop/api", "nothing protects it"],
    ]);
    expect(published[0]?.value).toBe(5);
  });

  it("names what somebody made and nobody protects", async () => {
    const { check, tools, protect } = prepare();
    await protect();
    const { inventory } = tools();

    const coverage = await check({
      inventory: {
        ...inventory,
        databases: async (region) => [
          ...(await inventory.databases(region)),
          ...(region === PRIMARY ? [resource("database", "reports", region)] : []),
        ],
        secrets: async (region) => [...(await inventory.secrets(region)), ...(region === PRIMARY ? [secretOf("crm/token")] : [])],
      },
    });

    expect(uncovered(coverage)).toEqual([
      ["database", "reports", "nothing protects it"],
      ["secret", "crm/token", "nothing protects it"],
    ]);
  });

  it("counts a kind as unknown when one region of it may not be listed, and looks at the others all the same", async () => {
    const { check, tools, protect, published } = prepare();
    await protect();
    const denied = async (region: string) => (region === RECOVERY ? Promise.reject(new Error("AccessDenied")) : []);

    const coverage = await check({ inventory: { ...tools().inventory, volumes: denied } });

    expect(uncovered(coverage)).toEqual([["volume", "*", expect.stringContaining("eu-west-1 could not be asked. Received: AccessDenied")]]);
    expect(published[0]?.value).toBe(1);
  });

  it("takes a protection that cannot be looked at for none", async () => {
    const { check, tools, protect } = prepare();
    await protect();
    const evidence = { ...tools().evidence, automatedBackups: { find: async () => Promise.reject(new Error("Throttling")) } };

    expect(uncovered(await check({ evidence }))).toEqual([
      ["database", "acme-postgres", "automated backups, but that could not be looked at: Throttling"],
    ]);
  });

  it("says that backups whose replication has ended protect nothing new", async () => {
    const { check, tools, protect } = prepare();
    await protect();
    const evidence = {
      ...tools().evidence,
      automatedBackups: backupsOf(replicatedBackup("2026-11-24T10:00:10.000Z", { status: "retained" })),
    };

    expect(uncovered(await check({ evidence }))[0]?.[2]).toMatch(
      /^replicated automated backups, restorable to .+, but no backups are replicated now$/,
    );
  });

  it("compares collections where somebody who reaches the server lists them, without moving the alarm", async () => {
    const { check, protect, published } = prepare();
    await protect();

    const coverage = await check(
      {},
      { publish: false, collections: { found: ["default_tenant/default_database/chunks", "default_tenant/default_database/new"] } },
    );

    expect(uncovered(coverage)).toEqual([["collection", "default_tenant/default_database/new", "nothing protects it"]]);
    expect(published).toEqual([]);
    expect(uncovered(await check({}, { publish: false, collections: { problem: "not reached" } }))[0]?.[1]).toBe("*");
  });

  it("leaves out what the configuration leaves out, and warns of an exclusion that means nothing", async () => {
    const { check, tools, protect, lines } = prepare();
    await protect();
    const exclusions = [
      { kind: "bucket" as const, match: "logs-*", reason: "kept by the log service", owner: "ops" },
      { kind: "bucket" as const, match: "gone", reason: "was there", owner: "ops" },
    ];
    const { inventory } = tools();
    const buckets = async () => [...(await inventory.buckets()), resource("bucket", "logs-1", PRIMARY)];

    const coverage = await check({ inventory: { ...inventory, buckets } }, {}, { ...SETTINGS, exclusions });

    expect(uncovered(coverage)).toEqual([]);
    expect(lines.filter(({ level }) => level === "warn")).toEqual([
      expect.objectContaining({ message: "an exclusion means nothing that exists", fields: expect.objectContaining({ match: "gone" }) }),
    ]);
  });

  it("is asked by a schedule's event as well", () => {
    expect(CoverageEvent.parse({ version: "0", "detail-type": "Scheduled Event", detail: {} })).toEqual({ publish: true });
  });
});
