import { randomBytes } from "node:crypto";
import { overdue } from "../../recovery/catalogue/reading";
import type { Rotation } from "../../recovery/catalogue/rotation";
import { LifeboatError } from "../../recovery/errors";
import type { VerifyResponse } from "./events";
import { pendingEntries } from "./pending";
import type { ProofTools } from "./proof";
import { type RotationTools, rotate } from "./rotate";
import { verifyEntries } from "./verify";

/** A scheduled run: first what nobody has read back yet, then an Nth of all that was. */
export const verifyOnSchedule = async (
  tools: RotationTools,
  settings: Rotation & { readonly system: string },
  random: () => string = () => randomBytes(2).toString("hex"),
): Promise<VerifyResponse> => {
  const proven = await verifyPending(tools, settings.system);
  const reading = await rotate(tools, { ...settings, run: random() });
  const { passed, failed, left } = reading;
  // Told after the rotation: what cannot be read now must not keep the rest from being read again.
  if ("failure" in proven) throw proven.failure;
  const late = overdue(reading);
  if (late.length > 0) throw notInTime(late, settings);
  return { ...proven, rotation: { passed: passed.length, failed: failed.length, left: left.length } };
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

const verifyPending = async (tools: ProofTools, system: string): Promise<VerifyResponse | { readonly failure: unknown }> => {
  try {
    return await verifyEntries(tools, system, await pendingEntries(tools.catalogue, tools.vault));
  } catch (failure) {
    return { failure };
  }
};
