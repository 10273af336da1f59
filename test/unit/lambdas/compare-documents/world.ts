import { type CompareSettings, type CompareTools, compareDocuments } from "../../../../lambdas/compare-documents/compare";
import type { DocumentFacts, HeadDocument } from "../../../../lambdas/compare-documents/heads";
import { listingTools } from "../../../../lambdas/compare-documents/listings";
import type { Measurement } from "../../../../lambdas/shared/metrics";
import { base64OfHex } from "../../../../recovery/checksum";
import { Comparison } from "../../../../recovery/objects/comparison";
import { MemoryObjects } from "../../../support/memory-objects";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";

const DAY_SECONDS = 86_400;
export const PERIOD_DAYS = 365;

const headOf =
  (bucket: MemoryObjects, statuses: ReadonlyMap<string, string> = new Map()): HeadDocument =>
  async (key): Promise<DocumentFacts | undefined> => {
    const found = await bucket.head(key);
    if (found === undefined) return undefined;
    const status = statuses.get(key);
    return {
      sizeBytes: found.sizeBytes,
      lastModified: found.lastModified,
      ...(status === undefined ? {} : { replicationStatus: status }),
      checksums: [{ algorithm: "SHA256", type: "FULL_OBJECT", value: base64OfHex(found.sha256 ?? "") }],
      ...(found.lock === undefined ? {} : { lockedUntil: found.lock.until }),
    };
  };

/** Three buckets and a vault in memory, an hour after their documents were written. */
export const prepare = (settings: Partial<CompareSettings> = {}, pageSize = 3) => {
  const clock = clockAt("2026-11-26T10:00:00.000Z");
  const source = new MemoryObjects("source", clock.now, pageSize);
  const replica = new MemoryObjects("replica", clock.now, pageSize + 1);
  const locked = new MemoryObjects("locked", clock.now, pageSize + 2);
  const vault = new MemoryObjects("vault", clock.now);
  const statuses = new Map<string, string>();
  const published: Measurement[] = [];
  const { log, lines } = memoryLog();
  const remaining = { ms: 600_000 };
  const tools: CompareTools = {
    ...listingTools(
      { source, replica, locked },
      { source: headOf(source, statuses), replica: headOf(replica), locked: headOf(locked) },
      { now: clock.now, remainingMs: () => remaining.ms },
    ),
    vault,
    ruleStatus: async (rule) => ({ ...rule, latencySeconds: 12 }),
    metrics: { publish: async (measurements) => void published.push(...measurements) },
    log,
  };

  const lockedPut = async (key: string, body: string, days = PERIOD_DAYS): Promise<void> => {
    const until = new Date(clock.now().getTime() + days * DAY_SECONDS * 1000);
    await locked.put(key, body, { contentType: "text/plain", ...(days === 0 ? {} : { lock: { mode: "GOVERNANCE", until } }) });
  };
  /** A document with both of its copies. */
  const replicated = async (key: string, body = `content of ${key}`): Promise<void> => {
    source.add(key, body);
    replica.add(key, body);
    await lockedPut(key, body);
  };
  const run = (over: Partial<CompareTools> = {}) =>
    compareDocuments(
      { ...tools, ...over },
      {
        system: "acme",
        buckets: { source: "source", replica: "replica", locked: "locked" },
        rules: [{ rule: "live-ready", destination: "replica" }],
        lagSeconds: 900,
        replicatesDeletes: true,
        lockPeriod: { days: PERIOD_DAYS },
        rotationRuns: 1,
        ...settings,
      },
    );
  const report = (key: string | undefined): Comparison => Comparison.parse(JSON.parse(vault.text(key ?? "") ?? "null"));
  const metric = (name: string): number | undefined => published.findLast((each) => each.name === name)?.value;
  const hourLater = (): void => clock.passSeconds(3600);
  return {
    clock,
    source,
    replica,
    locked,
    vault,
    statuses,
    published,
    lines,
    remaining,
    tools,
    lockedPut,
    replicated,
    run,
    report,
    metric,
    hourLater,
  };
};
