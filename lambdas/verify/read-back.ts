import * as z from "zod";
import type { ExportFacts } from "../../recovery/catalogue/export";
import { kindOf } from "../../recovery/catalogue/kinds";
import { Check, type RecoveryPoint } from "../../recovery/catalogue/point";
import { messageOf } from "../../recovery/errors";
import type { Course } from "../shared/course";
import type { Deadline } from "../shared/deadline";
import type { ObjectStore } from "../shared/objects";
import { check, checkAll } from "./checks";
import { type Readers, readerOf } from "./readers";
import { lockProblems, PartsState, SealedParts, sealedProblem } from "./sealed-parts";

export interface ReadBackTools {
  readonly vault: ObjectStore;
  readonly readers: Readers;
  readonly deadline: Deadline;
}

/** Where a reading stands: within its content, or behind it. */
const ReadingState = z.object({
  parts: PartsState,
  /** The reader's own. */
  content: z.unknown().optional(),
  /** What the reader found, once it has read all. */
  checks: z.array(Check).optional(),
});
type ReadingState = z.infer<typeof ReadingState>;

/**
 * Reads a point back as a restore would: every sealed version by its id, hashed, and its content decoded and compared with the manifest. Returns definite
 * results only: what may pass by itself (a time-out, a refused call) is thrown. However often it stops on its course, it ends as in one run. Memory is
 * bounded by a few parts.
 */
export const readBack = async (
  { vault, readers, deadline }: ReadBackTools,
  point: RecoveryPoint,
  course: Course,
): Promise<readonly Check[]> => {
  const manifest = await vault.get(point.manifest.key, point.manifest.versionId);
  const problem = sealedProblem(point.manifest, manifest);
  if (manifest === undefined || problem !== undefined) return [checkAll("manifest", 1, [problem ?? "it is gone"])];
  const text = Buffer.from(manifest.bytes).toString("utf8");
  const read = factsOf(point, text);
  if (read.facts === undefined) return [checkAll("manifest", 1, [read.problem])];

  const from = ReadingState.safeParse(course.from).data;
  const parts = new SealedParts(vault, point, deadline, from?.parts);
  const reached = (at: Omit<ReadingState, "parts">, progress: () => string) => course.reached({ parts: parts.state(), ...at }, progress);
  const content =
    from?.checks ??
    (await readerOf(readers, point.store)(text, (key) => parts.read(key), deadline, {
      from: from?.content,
      reached: (content, progress) => reached({ content }, progress),
    }));
  // What the reader had no use for has to be there all the same.
  const checks = [...content];
  await parts.readRest((read) => reached({ checks }, () => `${read} of ${point.parts.length} parts read`));
  return [
    checkAll("manifest", 1, []),
    ...factChecks(point, read.facts),
    checkAll("parts read back", point.parts.length, parts.problems),
    checkAll("locked until the entry's lock ends", point.parts.length + 1, parts.notLocked.behind(lockProblems(point, manifest))),
    ...content,
  ];
};

type ReadFacts = { readonly facts: ExportFacts; readonly problem?: undefined } | { readonly facts?: undefined; readonly problem: string };

const factsOf = ({ store, manifest }: RecoveryPoint, text: string): ReadFacts => {
  const kind = kindOf(store);
  if (kind === undefined) return { problem: `no export of ${store} is known` };
  try {
    return { facts: kind.facts(text) };
  } catch (error) {
    return { problem: `${manifest.key} is no manifest: ${messageOf(error).replace(/\s+/g, " ").slice(0, 200)}` };
  }
};

/** The entry against the manifest that it was made of. */
const factChecks = (point: RecoveryPoint, facts: ExportFacts): readonly Check[] => {
  const sealed = new Map(point.parts.map(({ key, sizeBytes, sha256 }) => [key, `${sizeBytes} ${sha256}`]));
  const differing = facts.parts
    .filter(({ key, sizeBytes, sha256 }) => sealed.get(key) !== `${sizeBytes} ${sha256}`)
    .map(({ key }) => `${key} is not in the entry as the manifest has it`);
  return [
    check("point", `${point.system}/${point.series}/${point.pointId}`, `${facts.system}/${facts.series}/${facts.pointId}`),
    check("as of", point.asOf, facts.asOf),
    check("window's end", point.window.finishedAt, facts.window.finishedAt),
    check("counted at the source", point.counts.atSource, facts.counts.atSource),
    check("written", point.counts.written, facts.counts.written),
    check("parts", facts.parts.length, point.parts.length),
    checkAll("parts as the manifest has them", facts.parts.length, differing),
    checkAll("counts that agree", 1, facts.contradictions.length === 0 ? [] : [facts.contradictions.join(", ")]),
  ];
};
