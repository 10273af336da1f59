import { randomBytes } from "node:crypto";
import { overdue } from "../../recovery/catalogue/reading";
import type { Rotation } from "../../recovery/catalogue/rotation";
import { LifeboatError } from "../../recovery/errors";
import type { Deadline } from "../shared/deadline";
import type { VerifiedPoint, VerifyResponse } from "./events";
import { pendingEntries } from "./pending";
import type { ProofTools } from "./proof";
import { type RotationTools, rotate } from "./rotate";
import { verifyEntries } from "./verify";

export interface ScheduledTools extends RotationTools {
  /** Half of a run's time: new points that take many runs must leave the rotation its own. */
  readonly half: Deadline;
}

/** A scheduled run: first what nobody has read back yet, then an Nth of all that was, then on with the new points that the half did not suffice for. */
export const verifyOnSchedule = async (
  tools: ScheduledTools,
  settings: Rotation & { readonly system: string },
  random: () => string = () => randomBytes(2).toString("hex"),
): Promise<VerifyResponse> => {
  const { system } = settings;
  const begun = await prove({ ...tools, deadline: tools.half }, system, () => pendingEntries(tools.catalogue, tools.vault));
  const reading = await rotate(tools, { ...settings, run: random() });
  const { passed, failed, left } = reading;
  // Told after the rotation: what cannot be read now must not keep the rest from being read again.
  if ("failure" in begun) throw begun.failure;
  const unfinished = begun.points.filter(isUnfinished).map(({ entryKey }) => entryKey);
  const ended = hasTime(tools.deadline) ? await prove(tools, system, async () => unfinished) : { points: [] };
  if ("failure" in ended) throw ended.failure;
  const late = overdue(reading);
  if (late.length > 0) throw notInTime(late, settings);
  const now = new Map(ended.points.map((point) => [point.entryKey, point]));
  return {
    points: begun.points.map((point) => now.get(point.entryKey) ?? point),
    rotation: { passed: passed.length, failed: failed.length, left: left.length },
  };
};

const isUnfinished = ({ outcome }: VerifiedPoint): boolean => outcome === "unfinished";

const hasTime = (deadline: Deadline): boolean => {
  try {
    deadline(() => "");
    return true;
  } catch {
    return false;
  }
};

/** A failed run is what the function's alarm sees. */
const notInTime = (late: readonly string[], { runs }: Rotation): LifeboatError =>
  new LifeboatError({
    code: "objective-missed",
    what: `Not everything that is kept was read back within ${runs} runs`,
    received: late.slice(0, 10).join("; "),
    allowed: `everything within ${runs} runs`,
    hint: "Raise lifeboat:verify.rotationRuns, or call the function more often; `npm run lifeboat -- verify --point ID` gives one point the whole time",
  });

const prove = async (
  tools: ProofTools,
  system: string,
  entries: () => Promise<readonly string[]>,
): Promise<VerifyResponse | { readonly failure: unknown }> => {
  try {
    return await verifyEntries(tools, system, await entries());
  } catch (failure) {
    return { failure };
  }
};
