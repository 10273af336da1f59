import type { Check, RecoveryPoint, SealedObject } from "../../recovery/catalogue/point";
import { sha256Hex } from "../../recovery/checksum";
import { ChromaManifest, type ExportedCollection } from "../../recovery/chroma/manifest";
import { type ChromaRecord, CollectionDigest } from "../../recovery/chroma/record";
import { messageOf } from "../../recovery/errors";
import type { Deadline } from "../shared/deadline";
import type { ObjectStore, StoredObject } from "../shared/objects";
import { check, checkAll } from "./checks";

/** The records of one part. Throws when the bytes are no part. */
export type DecodePart = (bytes: Uint8Array) => AsyncIterable<ChromaRecord> | Iterable<ChromaRecord> | Promise<Iterable<ChromaRecord>>;

export interface ReadBackTools {
  readonly vault: ObjectStore;
  readonly decodePart: DecodePart;
  readonly deadline: Deadline;
}

/**
 * Reads a point back as a restore would: every version by its id, hashed, decoded, counted, digested again and compared with
 * the manifest. Returns definite results only: what may pass by itself (a time-out, a refused call) is thrown.
 * Memory is bounded by one part.
 */
export const readBack = async (tools: ReadBackTools, point: RecoveryPoint): Promise<readonly Check[]> => {
  const manifestObject = await tools.vault.get(point.manifest.key, point.manifest.versionId);
  const problem = objectProblem(point.manifest, manifestObject);
  const manifest = manifestObject === undefined || problem !== undefined ? undefined : parseManifest(manifestObject);
  if (manifest === undefined) return [checkAll("manifest", 1, [problem ?? `${point.manifest.key} is no manifest`])];

  const partChecks = await readCollections(tools, point, manifest, lockProblems(point, [manifestObject]));
  return [
    checkAll("manifest", 1, []),
    check("point", `${point.system}/${point.pointId}`, `${manifest.system}/${manifest.pointId}`),
    check("as of", point.asOf, manifest.window.startedAt),
    check("window's end", point.window.finishedAt, manifest.window.finishedAt),
    check("records", point.counts.written, total(manifest)),
    ...partChecks,
  ];
};

const total = (manifest: ChromaManifest): number => manifest.collections.reduce((sum, { countWritten }) => sum + countWritten, 0);

const readCollections = async (
  tools: ReadBackTools,
  point: RecoveryPoint,
  manifest: ChromaManifest,
  notLocked: string[],
): Promise<readonly Check[]> => {
  const sealed = new Map(point.parts.map((part) => [part.key, part]));
  const listed = manifest.collections.reduce((sum, { parts }) => sum + parts.length, 0);
  const failures: string[] = [];
  const collections: Check[] = [];
  for (const collection of manifest.collections) {
    const digest = new CollectionDigest();
    for (const part of collection.parts) {
      tools.deadline(() => `reading ${part.key}`);
      const entry = sealed.get(part.key);
      const result =
        entry === undefined || entry.sha256 !== part.sha256
          ? { problem: `${part.key} is not in the entry as the manifest has it` }
          : await readPart(tools, entry, part.rows, digest);
      if (result.problem !== undefined) failures.push(result.problem);
      if (result.object !== undefined) notLocked.push(...lockProblems(point, [result.object]));
    }
    collections.push(...collectionChecks(collection, digest));
  }
  return [
    check("parts", listed, point.parts.length),
    checkAll("parts read back", listed, failures),
    checkAll("locked until the entry's lock ends", listed + 1, notLocked),
    ...collections,
  ];
};

const collectionChecks = (collection: ExportedCollection, digest: CollectionDigest): readonly Check[] => {
  const name = `${collection.tenant}/${collection.database}/${collection.name}`;
  const { contentDigest, embeddingsDigest } = digest.result();
  return [
    check(`${name}: records`, collection.countWritten, digest.count),
    check(`${name}: content`, collection.contentDigest, contentDigest),
    check(`${name}: embeddings`, collection.embeddingsDigest, embeddingsDigest),
  ];
};

type PartResult = { readonly problem?: string; readonly object?: StoredObject };

const readPart = async (tools: ReadBackTools, entry: SealedObject, rows: number, digest: CollectionDigest): Promise<PartResult> => {
  const object = await tools.vault.get(entry.key, entry.versionId);
  const problem = objectProblem(entry, object);
  if (object === undefined || problem !== undefined) return { problem, object };
  const before = digest.count;
  try {
    for await (const record of await tools.decodePart(object.bytes)) digest.add(record);
  } catch (error) {
    // The bytes are the exported ones, so this is no passing fault: they cannot be decoded.
    return { problem: `${entry.key} cannot be decoded: ${messageOf(error).slice(0, 200)}`, object };
  }
  const decoded = digest.count - before;
  return decoded === rows ? { object } : { problem: `${entry.key} holds ${decoded} records, not ${rows}`, object };
};

const objectProblem = (entry: SealedObject, object: StoredObject | undefined): string | undefined => {
  if (object === undefined) return `${entry.key} version ${entry.versionId} is gone`;
  if (object.bytes.byteLength !== entry.sizeBytes) return `${entry.key} has ${object.bytes.byteLength} bytes, not ${entry.sizeBytes}`;
  const sha256 = sha256Hex(object.bytes);
  return sha256 === entry.sha256 ? undefined : `${entry.key} has SHA-256 ${sha256}, not ${entry.sha256}`;
};

const lockProblems = (point: RecoveryPoint, objects: readonly (StoredObject | undefined)[]): string[] =>
  objects.flatMap((object) => {
    if (object === undefined) return [];
    if (object.lock === undefined) return [`${object.key} is not locked`];
    return object.lock.until.getTime() >= Date.parse(point.lock.until)
      ? []
      : [`${object.key} is locked until ${object.lock.until.toISOString()} only`];
  });

const parseManifest = (object: StoredObject): ChromaManifest | undefined => {
  try {
    return ChromaManifest.parse(JSON.parse(Buffer.from(object.bytes).toString("utf8")));
  } catch {
    return undefined;
  }
};
