import { addFinding, type FindingKind, type Tally } from "../../recovery/objects/comparison";
import { COPIES, type Copy, type Place } from "../../recovery/objects/entries";
import { type LockPeriod, lockProblem } from "../../recovery/objects/locks";
import type { Side } from "../../recovery/objects/merge";
import { isJudged, type Judgement, type Suspicion } from "../../recovery/objects/suspicion";
import type { ListedVersion } from "../shared/objects";
import type { DocumentFacts, HeadDocument } from "./heads";

export interface ExamineTools {
  readonly heads: Readonly<Record<Place, HeadDocument>>;
  /** The newest version of a key of the source, a delete marker included; undefined when nothing is left of it. */
  readonly newestVersion: (key: string) => Promise<ListedVersion | undefined>;
  readonly now: () => Date;
}

export interface ExamineSettings {
  readonly judgement: Judgement;
  readonly lockPeriod: LockPeriod;
}

/** A key that the listings disagree on, or whose turn it is. */
export interface Examined {
  readonly side: Side;
  readonly suspicions: readonly Suspicion[];
  readonly sampled: boolean;
}

/**
 * Looks at the objects themselves. Three listings are of three moments: what was written, overwritten or deleted between them is no finding, so each
 * suspicion is judged again by what is there now.
 */
export const examine = async (tools: ExamineTools, settings: ExamineSettings, tally: Tally, examined: Examined): Promise<void> => {
  const { side, suspicions, sampled } = examined;
  if (suspicions.length > 0) tally.examined += 1;
  if (sampled) tally.sampled += 1;
  if (suspicions.some(({ kind }) => kind === "surplus")) return examineSurplus(tools, settings, tally, side);
  const source = await head(tools, tally, "source", side.key);
  if (source === undefined) {
    tally.gone += 1;
    return;
  }
  if (!isJudged({ key: side.key, ...source }, settings.judgement)) return;
  for (const copy of COPIES) {
    if (!sampled && !suspicions.some((suspicion) => suspicion.copy === copy)) continue;
    const held = await head(tools, tally, copy, side.key);
    const problem = problemOf(source, held, copy, tally, settings, tools.now());
    if (problem !== undefined) addFinding(tally, { ...problem, copy, key: side.key });
  }
};

const head = (tools: ExamineTools, tally: Tally, place: Place, key: string): Promise<DocumentFacts | undefined> => {
  tally.requests.heads += 1;
  return tools.heads[place](key);
};

interface Problem {
  readonly kind: FindingKind;
  readonly detail: string;
}

const problemOf = (
  source: DocumentFacts,
  held: DocumentFacts | undefined,
  copy: Copy,
  tally: Tally,
  { lockPeriod }: ExamineSettings,
  now: Date,
): Problem | undefined => {
  const written = `written ${source.lastModified.toISOString()}`;
  if (held === undefined) return { kind: byStatus(source) ?? "missing", detail: `${written}, replication status ${statusOf(source)}` };
  if (held.sizeBytes !== source.sizeBytes)
    return {
      kind: byStatus(source) ?? "differing",
      detail: `${held.sizeBytes} bytes in place of ${source.sizeBytes}, ${written}, replication status ${statusOf(source)}`,
    };
  const checksum = comparedChecksum(source, held);
  if (checksum !== undefined) tally.checksums += 1;
  if (checksum !== undefined && !checksum.same)
    return { kind: byStatus(source) ?? "differing", detail: `its ${checksum.algorithm} is another, ${written}` };
  const problem = copy === "locked" ? lockProblem(held.lockedUntil, held.lastModified, lockPeriod, now) : undefined;
  return problem === undefined ? undefined : { kind: "unlocked", detail: problem };
};

const statusOf = ({ replicationStatus }: DocumentFacts): string => replicationStatus ?? "none";

/** A version that is on its way explains an old or absent copy. The status is of all destinations together: whose it is the listings say. */
const byStatus = ({ replicationStatus }: DocumentFacts): FindingKind | undefined => {
  if (replicationStatus === "PENDING") return "pending";
  return replicationStatus === "FAILED" ? "failed" : undefined;
};

/** The first checksum that both have; undefined when they have none in common, and only their sizes can be compared. */
const comparedChecksum = (source: DocumentFacts, held: DocumentFacts) => {
  for (const { algorithm, type, value } of source.checksums) {
    const other = held.checksums.find((checksum) => checksum.algorithm === algorithm && checksum.type === type);
    if (other !== undefined) return { algorithm, same: other.value === value };
  }
  return undefined;
};

/** A delete marker that did not reach the replica is told; a version that was deleted by its id is none, S3 never replicates that. */
const examineSurplus = async (tools: ExamineTools, { judgement }: ExamineSettings, tally: Tally, { key }: Side): Promise<void> => {
  tally.requests.lists += 1;
  const newest = await tools.newestVersion(key);
  if (newest?.isDeleteMarker !== true || newest.lastModified >= judgement.judgedBefore) return;
  if ((await head(tools, tally, "replica", key)) === undefined) return;
  addFinding(tally, { kind: "undeleted", copy: "replica", key, detail: `deleted ${newest.lastModified.toISOString()}` });
};
