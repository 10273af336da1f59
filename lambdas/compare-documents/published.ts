import { METRICS } from "../../recovery/names";
import { countOf, emptyTally, type Tally } from "../../recovery/objects/comparison";
import type { Measurement, Metrics } from "../shared/metrics";

interface Publisher {
  readonly metrics: Metrics;
  readonly now: () => Date;
}

/**
 * What a whole comparison found, each kind by itself, zeros too: an alarm is calm only when it was told so. Locks are looked at by turns, and all at
 * once by the inventories only: what these found stands until the next ones.
 */
export const comparisonFindings = async (
  { metrics, now }: Publisher,
  system: string,
  tally: Tally,
  inventories: Tally = emptyTally(),
): Promise<void> => {
  const counts = {
    [METRICS.documentsMissing]: countOf(tally, "missing", "failed"),
    [METRICS.documentsPending]: countOf(tally, "pending"),
    [METRICS.documentsDiffering]: countOf(tally, "differing"),
    [METRICS.documentsUnlocked]: Math.max(countOf(tally, "unlocked"), countOf(inventories, "unlocked")),
    [METRICS.documentsUndeleted]: countOf(tally, "undeleted"),
  };
  const at = now();
  await metrics.publish(
    Object.entries(counts).map(([name, value]) => ({
      name: name as Measurement["name"],
      unit: "Count",
      value,
      at,
      system,
      store: "objects",
    })),
  );
};

/** How old the last whole comparison is. Nothing before the first: missing data alarms. */
export const comparisonAge = async ({ metrics, now }: Publisher, system: string, startedAt: string | undefined): Promise<void> => {
  if (startedAt === undefined) return;
  const at = now();
  const value = Math.max(0, (at.getTime() - Date.parse(startedAt)) / 1000);
  await metrics.publish([{ name: METRICS.comparisonAge, unit: "Seconds", value, at, system, store: "objects" }]);
};
