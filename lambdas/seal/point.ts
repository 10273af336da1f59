import { firstAuthentic } from "../../recovery/catalogue/authentic";
import { type Authenticator, type Signer, sign } from "../../recovery/catalogue/authenticity";
import { type ExportKind, exportManifestKey, exportPrefix } from "../../recovery/catalogue/export";
import { pointKey } from "../../recovery/catalogue/keys";
import { RecoveryPoint, type SealedObject } from "../../recovery/catalogue/point";
import { sha256Hex } from "../../recovery/checksum";
import { catalogueOf } from "../shared/catalogue";
import type { Deadline } from "../shared/deadline";
import type { Log } from "../shared/log";
import type { ListedVersion, ObjectStore, StoredObject } from "../shared/objects";
import { inRuns } from "../shared/runs";
import { entryOf } from "./entry";
import type { SealedPoint } from "./events";
import { inventoryOf } from "./inventory";
import { ensureLocked, lockFor } from "./locks";
import { readManifest } from "./manifest";
import { sealParts } from "./parts";
import { refuseStrangers } from "./strangers";
import { sealingPrefix } from "./unfinished";

export interface SealSettings {
  readonly system: string;
  readonly lockMode: "GOVERNANCE" | "COMPLIANCE";
  readonly backupRetentionDays: number;
}

export interface SealTools {
  readonly vault: ObjectStore;
  readonly signer: Signer;
  readonly authenticator: Authenticator;
  readonly log: Log;
  readonly now: () => Date;
  readonly deadline: Deadline;
  /** Tells the alarm of a point, or of a stranger in a sealed object's place, that was refused. */
  readonly refused: () => Promise<void>;
}

/**
 * Seals a point if it is whole: every part hashed and locked, then the entry, written once. May be called at any time, in any order of arrival and by
 * several at once: the entry's conditional write decides, and both would write the same parts. What the time does not suffice for, the next call does.
 */
export const sealPoint = async (tools: SealTools, settings: SealSettings, kind: ExportKind, pointId: string): Promise<SealedPoint> => {
  const { vault, now } = tools;
  const catalogue = catalogueOf(vault, tools.authenticator);
  const manifestKey = exportManifestKey(kind, pointId);
  // Of a point of thousands of parts, most arrive before its manifest: then one request tells that it is not whole.
  const manifests = (await inventoryOf(vault, manifestKey)).get(manifestKey) ?? [];
  const stored = await firstOf(vault, manifests);
  if (stored === undefined) return { pointId, outcome: "waiting", missing: 1 };
  await refuseLaterManifests(tools, stored, manifests.slice(1));

  const facts = readManifest(kind, Buffer.from(stored.bytes).toString("utf8"), settings.system, pointId, now());
  const inventory = await inventoryOf(vault, exportPrefix(kind, pointId));
  const entryKey = pointKey(facts.series, facts.asOf, pointId);
  const standing = await firstAuthentic(catalogue, RecoveryPoint, entryKey);
  if (standing.first !== undefined) {
    await refuseStrangers(tools, inventory, standing.first.value.parts);
    return { pointId, outcome: "already-sealed", entryKey };
  }
  await refuseForgedEntries(tools, entryKey, standing.strangers);
  const missing = facts.parts.filter((part) => !inventory.has(part.key)).length;
  if (missing > 0) return { pointId, outcome: "waiting", missing };

  const manifest = sealedObject(stored);
  const work = { system: settings.system, subject: { key: manifestKey, sha256: manifest.sha256 }, prefix: sealingPrefix(kind, pointId) };
  const sealed = await inRuns({ ...tools, catalogue }, work, async (course, startedAt) => {
    // From the beginning of the sealing on, so that what an earlier run locked is locked for as long as the entry says.
    const lock = lockFor(settings.lockMode, settings.backupRetentionDays, startedAt);
    // Locks come before the entry: a crash between leaves locked parts without an entry, which the next call completes.
    await ensureLocked(vault, stored, lock);
    const parts = await sealParts(vault, inventory, facts.parts, lock, course);
    await refuseStrangers(tools, inventory, parts);
    const entry = entryOf(facts, { manifest, parts }, lock, now());
    // A forgery in the entry's place must not keep the entry out: the oldest authentic version counts.
    const ifAbsent = standing.strangers.length === 0;
    return vault.put(entryKey, await sign(tools.signer, entryKey, entry), { contentType: "application/json", ifAbsent, lock });
  });
  if (sealed.unfinished !== undefined) return { pointId, outcome: "unfinished" };
  return { pointId, outcome: sealed.result.written ? "sealed" : "already-sealed", entryKey };
};

const refuseForgedEntries = async (tools: SealTools, entryKey: string, problems: readonly string[]): Promise<void> => {
  for (const problem of problems) {
    tools.log.error("a forged entry was refused", { key: entryKey, problem });
    await tools.refused();
  }
};

const firstOf = async (vault: ObjectStore, versions: readonly ListedVersion[]): Promise<StoredObject | undefined> => {
  const [first] = versions;
  return first === undefined ? undefined : vault.get(first.key, first.versionId);
};

/** A manifest is written once. One that came later with another content never counts, and is told: somebody tried to change a point. */
const refuseLaterManifests = async (tools: SealTools, first: StoredObject, later: readonly ListedVersion[]): Promise<void> => {
  for (const { key, versionId, sizeBytes } of later) {
    // A second delivery of the same bytes is replication's retry.
    const other = sizeBytes === first.sizeBytes ? await tools.vault.get(key, versionId) : undefined;
    if (other !== undefined && sha256Hex(other.bytes) === sha256Hex(first.bytes)) continue;
    tools.log.error("a later manifest was refused", { key, refusedVersionId: versionId, countingVersionId: first.versionId });
    await tools.refused();
  }
};

const sealedObject = ({ key, versionId, sizeBytes, bytes }: StoredObject): SealedObject => ({
  key,
  versionId,
  sizeBytes,
  sha256: sha256Hex(bytes),
});
