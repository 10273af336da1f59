import { contentOfPinned } from "../../recovery/catalogue/authenticity";
import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import { RecoveryPoint } from "../../recovery/catalogue/point";
import { sha256Hex } from "../../recovery/checksum";
import { ChromaManifest, type ExportedCollection, type Part } from "../../recovery/chroma/manifest";
import type { ChromaRecord } from "../../recovery/chroma/record";
import { LifeboatError } from "../../recovery/errors";
import { decodePart } from "../chroma/parquet";
import { readJson } from "../shared/json";
import type { ObjectStore } from "../shared/objects";

export type PlannedPoint = NonNullable<RecoveryPlan["stores"]["chroma"]>;

/** The point that a plan pins. Every byte of it is compared with a digest that leads back to the plan. */
export interface PinnedPoint {
  readonly manifest: ChromaManifest;
  /** A collection's records, part by part: a few parts in memory at most. */
  parts(collection: ExportedCollection): AsyncGenerator<readonly ChromaRecord[]>;
}

export const openPoint = async (vault: ObjectStore, planned: PlannedPoint): Promise<PinnedPoint> => {
  const entry = await pinnedEntry(vault, planned);
  const manifest = await pinnedManifest(vault, planned);
  // The catalogue's entry names the locked versions: a later object under the same key cannot take a part's place.
  const versions = new Map(entry.parts.map(({ key, versionId }) => [key, versionId]));
  return {
    manifest,
    async *parts(collection) {
      for (const part of collection.parts) yield await readPart(vault, part, versions.get(part.key));
    },
  };
};

/** The version of the entry that the plan names by its digest, whatever was put over it since. */
const pinnedEntry = async (vault: ObjectStore, { entryKey, entrySha256 }: PlannedPoint): Promise<RecoveryPoint> => {
  for await (const page of vault.versions(entryKey))
    for (const { key, versionId, isDeleteMarker } of page) {
      if (key !== entryKey || isDeleteMarker) continue;
      const found = await vault.get(key, versionId);
      if (found === undefined || sha256Hex(found.bytes) !== entrySha256) continue;
      const parsed = RecoveryPoint.safeParse(contentOfPinned(Buffer.from(found.bytes).toString("utf8")));
      if (parsed.success) return parsed.data;
      throw mismatch(vault, key, parsed.error.message.replace(/\s+/g, " ").slice(0, 200), "what this release wrote");
    }
  throw mismatch(vault, entryKey, "no version with the plan's digest", `SHA-256 ${entrySha256}`);
};

const pinnedManifest = async (vault: ObjectStore, planned: PlannedPoint): Promise<ChromaManifest> => {
  const { manifestKey: key, manifestVersionId, manifestSha256 } = planned;
  const bytes = await pinnedBytes(vault, key, manifestVersionId, manifestSha256);
  const { value, problem } = readJson(ChromaManifest, Buffer.from(bytes).toString("utf8"));
  if (value !== undefined) return value;
  throw mismatch(vault, key, problem ?? "", "what this release wrote");
};

const readPart = async (vault: ObjectStore, part: Part, versionId: string | undefined): Promise<readonly ChromaRecord[]> => {
  if (versionId === undefined) throw mismatch(vault, part.key, "no such part in the catalogue's entry", "the parts that were sealed");
  const records = await decodePart(await pinnedBytes(vault, part.key, versionId, part.sha256));
  if (records.length === part.rows) return records;
  throw mismatch(vault, part.key, `${records.length} rows`, `${part.rows} rows`);
};

const pinnedBytes = async (vault: ObjectStore, key: string, versionId: string, sha256: string): Promise<Uint8Array> => {
  const found = await vault.get(key, versionId);
  if (found === undefined) throw mismatch(vault, key, "no such object", `version ${versionId}`);
  const actual = sha256Hex(found.bytes);
  if (actual !== sha256) throw mismatch(vault, key, `SHA-256 ${actual}`, `SHA-256 ${sha256}`);
  return found.bytes;
};

const mismatch = (vault: ObjectStore, key: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({
    code: "digest-mismatch",
    what: `s3://${vault.bucket}/${key} is not what the recovery point says`,
    received,
    allowed,
    hint: "Start a recovery to an earlier time; keep this object for the investigation",
  });
