import type { VerifyResponse } from "./events";
import { type ProofTools, provePoint } from "./proof";

type Prove = typeof provePoint;

/**
 * Proves entry after entry. One that cannot be read now must not keep the others from being proven; its error is thrown last, so that Lambda calls again.
 * Behind one that the time did not suffice for, none is begun: the schedule finds them.
 */
export const verifyEntries = async (
  tools: ProofTools,
  system: string,
  entryKeys: readonly string[],
  prove: Prove = provePoint,
): Promise<VerifyResponse> => {
  const points: VerifyResponse["points"] = [];
  const failures: unknown[] = [];
  for (const entryKey of entryKeys) {
    if (points.at(-1)?.outcome === "unfinished") {
      points.push({ entryKey, outcome: "unfinished" });
      continue;
    }
    try {
      const point = await prove(tools, system, entryKey);
      tools.log.info("entry", { entryKey, outcome: point.outcome });
      points.push(point);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return { points };
};
