import { createHash } from "node:crypto";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { compareInventories } from "../../lambdas/compare-documents/inventory/compare";
import { comparePart } from "../../lambdas/compare-documents/part";
import { documentsAsOf } from "../../lambdas/documents-restore/as-of";
import { compare } from "../../lambdas/documents-restore/compare";
import { renewDocuments } from "../../lambdas/renew-locks/documents";
import { renewPoints } from "../../lambdas/renew-locks/points";
import type { Log } from "../../lambdas/shared/log";
import type { ListedObject, ObjectStore } from "../../lambdas/shared/objects";
import { selectPoint } from "../../recovery/catalogue/select";
import { emptyTally } from "../../recovery/objects/comparison";
import { emptyRenewal } from "../../recovery/objects/renewal";
import { documentKey, pagesOf, WRITTEN } from "./many-documents";
import { manyPoints } from "./many-points";
import { MemoryObjects } from "./memory-objects";
import { memoryWatch } from "./memory-watch";

const NOW = new Date("2026-11-26T12:00:00.000Z");
const JUDGED_BEFORE = new Date("2026-11-26T11:00:00.000Z");
const LOCKED = new Date("2100-01-01T00:00:00.000Z");
const SERIES = "configuration/repositories/shop";
const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
const facts = async () => ({ sizeBytes: 1, lastModified: WRITTEN, checksums: [], lockedUntil: LOCKED });

interface Counted {
  /** What was worked through. */
  readonly entries: number;
  readonly requests: number;
}
type Work = (entries: number, watch: ReturnType<typeof memoryWatch>) => Promise<Counted>;

const comparing: Work = async (entries, { watched }) => {
  const pages = pagesOf(entries, () => undefined);
  const listing = (after: string | undefined) => watched(pages(after));
  const { tally } = await comparePart(
    {
      listings: { source: listing, replica: listing, locked: listing },
      heads: { source: facts, replica: facts, locked: facts },
      ...{ newestVersion: async () => undefined, now: () => NOW, goOn: () => true },
    },
    { judgement: { judgedBefore: JUDGED_BEFORE, replicatesDeletes: true }, lockPeriod: { days: 365 } },
    {
      ...{
        schema: "lifeboat/comparison-progress/1",
        system: "acme",
        startedAt: NOW.toISOString(),
        judgedBefore: JUDGED_BEFORE.toISOString(),
      },
      ...{ rotation: { index: 0, of: 168 }, after: null, calls: 0, tally: emptyTally() },
    },
  );
  return { entries: tally.judged, requests: tally.requests.lists };
};

const ROWS_A_FILE = 100_000;

/** Writes one report of so many rows, which stands for each of the three. */
const writeReports = (directory: string, reports: MemoryObjects, entries: number): void => {
  const files: { key: string; size: number; MD5checksum: string }[] = [];
  for (let start = 0; start < entries; start += ROWS_A_FILE) {
    const row = (number: number): string => `"b","${documentKey(number)}","1","${WRITTEN.toISOString()}","${LOCKED.toISOString()}"`;
    const rows = Array.from({ length: Math.min(ROWS_A_FILE, entries - start) }, (_, index) => row(start + index));
    const bytes = gzipSync(`${rows.join("\n")}\n`, { level: 1 });
    writeFileSync(join(directory, String(start)), bytes);
    files.push({ key: String(start), size: bytes.byteLength, MD5checksum: createHash("md5").update(bytes).digest("hex") });
  }
  for (const sourceBucket of ["source", "replica", "locked"]) {
    const fileSchema = "Bucket, Key, Size, LastModifiedDate, ObjectLockRetainUntilDate";
    const manifest = JSON.stringify({ sourceBucket, fileFormat: "CSV", fileSchema, creationTimestamp: String(NOW.getTime()), files });
    const folder = `inventory/${sourceBucket}/lifeboat-daily/2026-11-26T12-00Z`;
    reports.add(`${folder}/manifest.json`, manifest);
    reports.add(`${folder}/manifest.checksum`, createHash("md5").update(manifest).digest("hex"));
  }
};

const inventories: Work = async (entries, { look }) => {
  const directory = mkdtempSync(join(tmpdir(), "lifeboat-memory-"));
  try {
    const reports = new MemoryObjects("reports");
    writeReports(directory, reports, entries);
    let opened = 0;
    const open = async (key: string) => {
      opened += 1;
      return createReadStream(join(directory, key));
    };
    const place = { bucket: reports, open };
    const vault = new MemoryObjects("vault", () => NOW);
    // The clock is read where a share is in memory.
    const now = (): Date => {
      look();
      return NOW;
    };
    const key = await compareInventories(
      {
        ...{ vault, log, directory, now, goOn: () => true, newestVersion: async () => undefined },
        reports: { source: place, replica: place, locked: place },
        heads: { source: facts, replica: facts, locked: facts },
      },
      {
        ...{ system: "acme", buckets: { source: "source", replica: "replica", locked: "locked" }, lagSeconds: 900 },
        examine: { lockPeriod: { days: 365 }, replicatesDeletes: true },
      },
    );
    const { tally } = JSON.parse(vault.text(key ?? "") ?? "");
    return { entries: tally.judged, requests: opened };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const listingPoints: Work = async (entries, { watched }) => {
  const { vault, catalogue, requests } = manyPoints({ points: entries, series: SERIES, now: NOW });
  let keys = 0;
  const { passedOver } = await selectPoint(
    {
      ...catalogue,
      async *keys(prefix) {
        for await (const page of watched(vault.versions(prefix)))
          for (const { key } of page) {
            keys += 1;
            yield key;
          }
      },
    },
    ...(["acme", SERIES, new Date(0)] as const),
  );
  if (passedOver.length !== 1) throw new Error(`${passedOver.length} points are named`);
  return { entries: keys, requests: requests.lists };
};

const rollback: Work = async (entries, { watched }) => {
  let requests = 0;
  const counted = () => {
    requests += 1;
  };
  const held = async function* (): AsyncIterable<ListedObject> {
    for await (const page of watched(pagesOf(entries, counted)())) yield* page;
  };
  let found = 0;
  for await (const { kind } of compare(documentsAsOf(watched(pagesOf(entries, counted)()), NOW), held()))
    if (kind === "present") found += 1;
  return { entries: found, requests };
};

const renewingPoints: Work = async (entries, { watched }) => {
  const { vault, catalogue, requests, settings } = manyPoints({ points: entries, series: SERIES, now: NOW });
  const watchedVault: ObjectStore = { ...vault, versions: (prefix, after) => watched(vault.versions(prefix, after)) };
  const tools = { vault: watchedVault, catalogue, log, now: () => NOW, goOnWithPoints: () => true };
  // All of it is one share: the most that a run can have.
  const { done } = await renewPoints(tools, settings, {
    rotation: { index: 0, of: 1 },
    position: null,
    series: [],
    failed: 0,
    failures: [],
  });
  return { entries: done.series[0]?.examined ?? 0, requests: requests.lists };
};

const renewingDocuments: Work = async (entries, { watched }) => {
  let requests = 0;
  const pages = pagesOf(entries, () => {
    requests += 1;
  });
  const store: ObjectStore = Object.assign(new MemoryObjects("documents"), {
    list: (_prefix: string, after?: string) => watched(pages(after)),
    head: async (key: string) => ({
      ...{ key, versionId: "v1", sizeBytes: 1, lastModified: WRITTEN, lock: { mode: "GOVERNANCE" as const, until: LOCKED } },
    }),
  });
  const { tally } = await renewDocuments(
    { documentsReplica: store, documentsVault: store, log, now: () => NOW, goOn: () => true },
    { lockMode: "GOVERNANCE", period: { days: 365 } },
    {
      ...{ schema: "lifeboat/renewal-progress/1", system: "acme", startedAt: NOW.toISOString(), rotation: { index: 0, of: 15 } },
      ...{ after: null, calls: 0, tally: emptyRenewal() },
    },
  );
  return { entries: tally.documents, requests };
};

const WORKS: Readonly<Record<string, Work>> = { comparing, inventories, listingPoints, rollback, renewingPoints, renewingDocuments };

/** `objects-memory.ts WORK ENTRIES`, with `--expose-gc`: prints how many were worked through, the requests and the peak. */
const main = async ([name = "", entries = "0"]: readonly string[]): Promise<void> => {
  const work = WORKS[name];
  if (work === undefined) throw new Error(`${name} is none of ${Object.keys(WORKS).join(", ")}`);
  const watch = memoryWatch();
  const begun = performance.now();
  const counted = await work(Number(entries), watch);
  process.stdout.write(JSON.stringify({ ...counted, peak: watch.peak(), milliseconds: Math.round(performance.now() - begun) }));
};

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
