import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { decodePart } from "../../lambdas/chroma/parquet";
import { exportChroma } from "../../lambdas/chroma-export/export";
import { importChroma } from "../../lambdas/chroma-import/import";
import { sealPoint } from "../../lambdas/seal/point";
import { catalogueOf } from "../../lambdas/shared/catalogue";
import { noDeadline } from "../../lambdas/shared/deadline";
import type { ObjectStore } from "../../lambdas/shared/objects";
import { chromaContent } from "../../lambdas/verify/chroma/content";
import { provePoint } from "../../lambdas/verify/proof";
import { CHROMA_EXPORT } from "../../recovery/chroma/manifest";
import { CATALOGUE_KEY } from "./authenticity";
import { planImport, SYSTEM } from "./chroma-recovery";
import { directoryVault } from "./directory-vault";
import { endlessSource, endlessTarget } from "./endless-chroma";

/** What is alive now: after a collection of garbage, so that what could go does not count. Bytes. */
const alive = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const isLarge = (key: string): boolean => key.endsWith(".parquet") || key.endsWith("manifest.json");

class Watch {
  private peak = 0;

  readonly look = (): void => {
    this.peak = Math.max(this.peak, alive());
  };

  /** The bucket, looked at whenever a part or a manifest is written to it, and behind each that was read. */
  over(store: ObjectStore): ObjectStore {
    return {
      ...store,
      put: async (...args) => {
        if (isLarge(args[0])) this.look();
        return store.put(...args);
      },
      get: async (...args) => {
        const found = await store.get(...args);
        if (isLarge(args[0])) this.look();
        return found;
      },
    };
  }

  /** The most that was alive at any look, above what was when `work` began. Bytes. */
  async during(work: () => Promise<unknown>): Promise<number> {
    // What was let go of outside the heap is given back by a later round.
    for (let round = 0; round < 3; round += 1) {
      alive();
      await delay(10);
    }
    const before = alive();
    this.peak = before;
    await work();
    return this.peak - before;
  }
}

/** An export of so many records. */
const exported = async (staging: ObjectStore, records: number): Promise<string> => {
  const { pointId } = await exportChroma({
    ...{ system: SYSTEM, server: endlessSource(records), tenants: ["t"], staging, random: "0000", checkDeadline: noDeadline },
    now: () => new Date("2026-11-24T10:00:00.000Z"),
    pieceRecords: 1000,
    sizes: { idsAtOnce: 1000, overlap: 100 },
  });
  return pointId;
};

const nothing = () => {};
const log = { info: nothing, warn: nothing, error: (message: string) => console.error(message) };

/** What sealing and proving share. */
const toolsOf = (vault: ObjectStore) => ({
  ...{ vault, signer: CATALOGUE_KEY, authenticator: CATALOGUE_KEY, catalogue: catalogueOf(vault, CATALOGUE_KEY) },
  ...{ log, now: () => new Date("2026-11-24T11:00:00.000Z"), deadline: noDeadline, refused: async () => {} },
});
const SETTINGS = { system: SYSTEM, lockMode: "GOVERNANCE", backupRetentionDays: 30 } as const;

/** The peak of each function, one after the other, with a store of so many records. Throws when one of them does not succeed. */
const measure = async (vault: ObjectStore, records: number) => {
  const watch = new Watch();
  const watched = watch.over(vault);
  let pointId = "";
  let entryKey = "";
  return {
    export: await watch.during(async () => {
      pointId = await exported(watched, records);
    }),
    seal: await watch.during(async () => {
      const sealed = await sealPoint(toolsOf(watched), SETTINGS, CHROMA_EXPORT, pointId);
      expect("sealed", sealed.outcome);
      entryKey = sealed.entryKey ?? "";
    }),
    verify: await watch.during(async () => {
      const chroma = chromaContent(async (bytes) => {
        const decoded = await decodePart(bytes);
        watch.look();
        return decoded;
      });
      const proven = await provePoint({ ...toolsOf(vault), readers: { chroma } }, SYSTEM, entryKey);
      expect("passed", proven.outcome);
    }),
    import: await planImport(vault, pointId, "drill-1").then(() =>
      watch.during(async () => {
        const options = { system: SYSTEM, recoveryId: "drill-1", vault, server: endlessTarget(watch.look) };
        expect(records, (await importChroma({ ...options, now: () => new Date(), checkDeadline: noDeadline })).records);
      }),
    ),
  };
};

const expect = (wanted: unknown, found: unknown): void => {
  if (wanted !== found) throw new Error(`${String(wanted)} was expected, ${String(found)} is`);
};

/** `chroma-memory.ts RECORDS`, with `--expose-gc`: prints the most bytes that were alive while each function ran, above those before it. */
const main = async ([records = "0"]: readonly string[]): Promise<void> => {
  if (globalThis.gc === undefined) throw new Error("it is started with --expose-gc");
  const directory = mkdtempSync(join(tmpdir(), "lifeboat-memory-"));
  try {
    process.stdout.write(JSON.stringify(await measure(directoryVault(directory), Number(records))));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
