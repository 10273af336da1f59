import { writeCanary } from "../../../../lambdas/canary/write";
import type { ListedSecret } from "../../../../lambdas/coverage/aws/secrets";
import { type CoverageTools, checkCoverage } from "../../../../lambdas/coverage/coverage";
import { CoverageEvent } from "../../../../lambdas/coverage/events";
import type { CoverageSettings } from "../../../../lambdas/coverage/protected";
import type { Measurement } from "../../../../lambdas/shared/metrics";
import type { Resource } from "../../../../recovery/coverage/resource";
import type { RestoreSettings } from "../../../../recovery/estimates/chroma";
import { MemoryObjects } from "../../../support/memory-objects";
import { backupsOf, replicatedBackup } from "../support/automated-backups";
import { exportedPoint, fiveRecords, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { configurationPoint, repositoryOf, secretsOf, trustInto } from "../support/configuration-point";
import { memoryLog } from "../support/log";
import { catalogueIn, proveInto } from "../support/vaults";

export const [PRIMARY, RECOVERY] = ["us-east-1", "eu-west-1"];
export const SETTINGS: CoverageSettings = {
  regions: [PRIMARY, RECOVERY],
  primaryRegion: PRIMARY,
  recoveryRegion: RECOVERY,
  databaseInstance: "acme-postgres",
  documentsBucket: "acme-documents",
  ownBuckets: ["acme-vault", "acme-staging"],
  stateBuckets: [{ stack: "prod", bucket: "acme-state" }],
  chromaNamespace: "acme-chroma",
  chromaTenants: ["default_tenant"],
  repositories: ["shop"],
  oldest: {
    database: { seconds: 5400, because: "database" },
    documents: { seconds: 7200, because: "documents" },
    chroma: { seconds: 90_000, because: "the RPO of tier non-critical, 1 d, and 1 h" },
    configuration: { current: { seconds: 7200, because: "current" }, export: { seconds: 2_600_000, because: "export" } },
  },
  exclusions: [],
};

export const resource = (kind: Resource["kind"], name: string, region: string, changes: Partial<Resource> = {}): Resource => ({
  kind,
  name,
  aliases: [],
  region,
  ...changes,
});
export const secretOf = (name: string, primaryRegion?: string): ListedSecret => ({
  name,
  arn: `arn:${name}`,
  ...(primaryRegion === undefined ? {} : { primaryRegion }),
});

export const prepare = () => {
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
      restoreTimes: [],
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
      replica: async () => ({ status: "InSync" }),
      currency: async (_subject, now) => new Date(now.getTime() - 60_000),
      now: clock.now,
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
  const checkRestore = (restore: Partial<RestoreSettings> = {}, exclusions: CoverageSettings["exclusions"] = []) => {
    const inventory = { ...tools().inventory, restoreTimes: ["chroma"] };
    return check({ inventory }, {}, { ...SETTINGS, chromaRestore: { ...RESTORE, ...restore }, exclusions });
  };
  return { clock, vault, documentsReplica, check, checkRestore, tools, protect, published, lines };
};

export const uncovered = (coverage: Awaited<ReturnType<typeof checkCoverage>>) =>
  coverage.lines
    .filter(({ verdict }) => verdict === "unprotected" || verdict === "unknown")
    .map(({ kind, name, reason }) => [kind, name, reason]);

export const RESTORE: RestoreSettings = {
  ...{ tier: "critical", rtoSeconds: 3600, alarmSeconds: 600, clusterSeconds: 0 },
  ...{ assumedRecordsPerSecond: 800, volumeSnapshots: "off" as const },
};
