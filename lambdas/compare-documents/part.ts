import type { ComparisonProgress, Tally } from "../../recovery/objects/comparison";
import { COPIES, type Entry, type Place } from "../../recovery/objects/entries";
import { mergeListings, type Side } from "../../recovery/objects/merge";
import { isInShare } from "../../recovery/objects/rotation";
import { eachInFlight } from "../shared/in-flight";
import { type Examined, type ExamineSettings, type ExamineTools, examine } from "./examine";
import { EXAMINED_IN_FLIGHT, lookAt } from "./look";

export interface PartTools extends ExamineTools {
  /** Current objects page by page, behind a key. */
  readonly listings: Readonly<Record<Place, (after: string | undefined) => AsyncIterable<readonly Entry[]>>>;
  /** Whether there is time to go on. */
  readonly goOn: () => boolean;
}

export interface ComparedPart {
  /** Undefined when the comparison is at its end. */
  readonly after: string | undefined;
  readonly tally: Tally;
}

/** Compares from where an earlier call stopped, for as long as there is time. Nothing of a part that fails counts: it is compared again. */
export const comparePart = async (tools: PartTools, settings: ExamineSettings, progress: ComparisonProgress): Promise<ComparedPart> => {
  const tally = structuredClone(progress.tally);
  const position = { after: progress.after ?? undefined, stopped: false };
  const counted = (place: Place): AsyncIterable<readonly Entry[]> =>
    countedPages(tools.listings[place](progress.after ?? undefined), tally);
  const sides = mergeListings({ source: counted("source"), replica: counted("replica"), locked: counted("locked") });

  await eachInFlight(lookedAt(sides, tools, settings, progress, tally, position), EXAMINED_IN_FLIGHT, (examined) =>
    examine(tools, settings, tally, examined),
  );
  return { after: position.stopped ? position.after : undefined, tally };
};

async function* countedPages(pages: AsyncIterable<readonly Entry[]>, tally: Tally): AsyncIterable<readonly Entry[]> {
  for await (const page of pages) {
    tally.requests.lists += 1;
    yield page;
  }
}

async function* lookedAt(
  batches: AsyncIterable<readonly Side[]>,
  { goOn }: Pick<PartTools, "goOn">,
  { judgement }: ExamineSettings,
  { rotation }: ComparisonProgress,
  tally: Tally,
  position: { after: string | undefined; stopped: boolean },
): AsyncIterable<Examined> {
  for await (const sides of batches) {
    for (const side of sides) {
      for (const place of ["source", ...COPIES] as const) if (side[place] !== undefined) tally.objects[place] += 1;
      const examined = lookAt(tally, side, judgement, isInShare(side.key, rotation));
      if (examined !== undefined) yield examined;
      position.after = side.key;
      if (goOn()) continue;
      position.stopped = true;
      return;
    }
  }
}
