import { documentsAsOf } from "../../lambdas/documents-restore/as-of";
import { compare } from "../../lambdas/documents-restore/compare";
import { lookForForgeries } from "../../lambdas/recovery-set/forgeries";
import { inventoryOf } from "../../lambdas/seal/inventory";
import { sealParts } from "../../lambdas/seal/parts";
import { catalogueOf } from "../../lambdas/shared/catalogue";
import { oneRun } from "../../lambdas/shared/course";
import { noDeadline } from "../../lambdas/shared/deadline";
import type { Log } from "../../lambdas/shared/log";
import type { ListedVersion, ObjectStore, StoredObject } from "../../lambdas/shared/objects";
import { heldKeys } from "../../lambdas/validate/held-keys";
import { rotate } from "../../lambdas/verify/rotate";
import { pointKey } from "../../recovery/catalogue/keys";
import { selectPoint } from "../../recovery/catalogue/select";
import { sha256Hex } from "../../recovery/checksum";
import { CATALOGUE_KEY } from "./authenticity";

const PAGE = 1000;
const NOW = new Date("2026-11-26T00:00:00Z");
const log: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** The most that was alive whenever it looked: after a collection of garbage, so that what could go does not count. Bytes. */
const watch = () => {
  let peak = 0;
  return {
    peak: () => peak,
    look: () => {
      globalThis.gc?.();
      const { heapUsed, external } = process.memoryUsage();
      peak = Math.max(peak, heapUsed + external);
    },
  };
};

interface Bucket {
  readonly count: number;
  readonly keyAt: (index: number) => string;
  readonly body?: Uint8Array;
  /** Is called as the listing goes on. */
  readonly look: () => void;
}

/** A bucket of so many objects that holds none of them: it makes what it is asked for, and forgets it. */
const endless = ({ count, keyAt, body = Buffer.alloc(0), look }: Bucket): ObjectStore => {
  const versionAt = (index: number): ListedVersion => ({
    ...{ key: keyAt(index), versionId: `v-${index}`, sizeBytes: body.byteLength, lastModified: NOW },
    ...{ isLatest: true, isDeleteMarker: false },
  });
  async function* versions(prefix: string, startAfter = "") {
    // From the beginning, or behind all of it.
    if (!keyAt(0).startsWith(prefix) || startAfter > keyAt(count - 1)) return;
    // One key, and not a folder of them.
    const listed = prefix === keyAt(0) ? 1 : count;
    for (let first = 0; first < listed; first += PAGE) {
      if (first % Math.max(PAGE, Math.floor(count / 8 / PAGE) * PAGE) === 0) look();
      yield Array.from({ length: Math.min(PAGE, listed - first) }, (_, index) => versionAt(first + index));
    }
    if (listed > 1) look();
  }
  const get = async (key: string, versionId = "v"): Promise<StoredObject> => ({
    ...{ key, versionId, sizeBytes: body.byteLength, lastModified: NOW, sha256: sha256Hex(body), bytes: body },
  });
  return {
    bucket: "endless",
    versions,
    list: versions,
    get,
    head: get,
    put: async () => ({ written: true, versionId: "v", sha256: "" }),
    lock: async () => {},
  };
};

const entryAt = (index: number): string => pointKey("chroma", new Date(NOW.getTime() - index * 60_000).toISOString(), "chroma-x-0000");
const documentAt = (index: number): string => `documents/${String(index).padStart(9, "0")}`;

/** What each function does with all that there is, by what it is there of. */
const SUBJECTS: Readonly<Record<string, (count: number, look: () => void) => Promise<unknown>>> = {
  /** Parts of a point: listed, hashed one at a time, locked. */
  seal: async (count, look) => {
    const body = Buffer.alloc(4096, 1);
    const part = (index: number) => ({ key: `chroma/p/${documentAt(index)}`, sizeBytes: body.byteLength, sha256: sha256Hex(body) });
    const vault = endless({ count, keyAt: (index) => part(index).key, body, look });
    const parts = Array.from({ length: count }, (_, index) => part(index));
    const inventory = await inventoryOf(vault, "chroma/p/");
    const sealed = await sealParts(vault, inventory, parts, { mode: "GOVERNANCE", until: NOW }, oneRun);
    look();
    return [parts, inventory, sealed];
  },
  /** Entries: all of them pass by, an Nth is read. */
  rotation: (count, look) => {
    const vault = endless({ count, keyAt: entryAt, look });
    const tools = { vault, catalogue: catalogueOf(vault, CATALOGUE_KEY), signer: CATALOGUE_KEY, readers: {}, refused: async () => {} };
    return rotate({ ...tools, log, now: () => NOW, deadline: noDeadline }, { system: "acme", runs: 96, intervalSeconds: 900, run: "0000" });
  },
  /** Objects of the recovered bucket, for the references to them. */
  validate: (count, look) => heldKeys(endless({ count, keyAt: documentAt, look }), () => {}),
  /** Versions of the replica beside what the recovery's bucket holds. */
  "documents-restore": async (count, look) => {
    const replica = endless({ count, keyAt: documentAt, look });
    const target = endless({ count: Math.floor(count / 2), keyAt: documentAt, look: () => {} });
    async function* held() {
      for await (const page of target.list("")) yield* page;
    }
    let missing = 0;
    for await (const { kind } of compare(documentsAsOf(replica.versions(""), NOW), held())) if (kind === "missing") missing += 1;
    if (missing !== count - Math.floor(count / 2)) throw new Error(`${missing} of ${count} were missing`);
  },
  /** Entries, none of which can be used: a choice by `resolve`, `watch`, `recovery-set` and `coverage`. */
  selection: async (count, look) => {
    const vault = endless({ count, keyAt: entryAt, look });
    const { passedOver } = await selectPoint(catalogueOf(vault, CATALOGUE_KEY), "acme", "chroma");
    look();
    return passedOver;
  },
  /** Versions in the catalogue, none of which is authentic. */
  forgeries: async (count, look) => {
    const vault = endless({ count, keyAt: entryAt, look });
    const metrics = { publish: async () => {} };
    const found = await lookForForgeries({ system: "acme", vault, authenticator: CATALOGUE_KEY, metrics, log, now: () => NOW });
    look();
    return found;
  },
};

const peakOf = async (subject: string, count: number): Promise<number> => {
  const work = SUBJECTS[subject];
  if (work === undefined) throw new Error(`there is ${Object.keys(SUBJECTS).join(", ")}, and no "${subject}"`);
  const { look, peak } = watch();
  look();
  const before = peak();
  // What is returned is alive until the last look.
  const kept = await work(count, look);
  look();
  return kept === null ? 0 : peak() - before;
};

/** `function-memory.ts SUBJECT SMALL LARGE`, with `--expose-gc`: does the work with few and with many and prints what either held at most. Bytes. */
const main = async ([subject = "", small = "0", large = "0"]: readonly string[]): Promise<void> => {
  // The first time compiles what all the others run.
  await peakOf(subject, Number(small));
  const measured = { small: await peakOf(subject, Number(small)), large: await peakOf(subject, Number(large)) };
  process.stdout.write(JSON.stringify(measured));
};

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
