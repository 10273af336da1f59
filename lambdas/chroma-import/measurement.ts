import type { RecoveryResult } from "../../recovery/catalogue/result";
import { measurementOf } from "../../recovery/estimates/measurement";
import { type Log, reasonOf } from "../shared/log";
import type { ObjectStore } from "../shared/objects";

/**
 * Keeps what a restore measured where the next estimate finds it. After the result, and without a word on it: a measurement that cannot be written
 * must not stop a recovery. A repeated call writes the same object, or finds it.
 */
export const keepMeasurement = async (vault: ObjectStore, result: RecoveryResult, log: Log): Promise<void> => {
  const made = measurementOf(result);
  if (made === undefined) return;
  try {
    await vault.put(made.key, JSON.stringify(made.measurement), { contentType: "application/json", ifAbsent: true });
  } catch (error) {
    log.warn("the measured rate of this restore was not kept; its result has it", { key: made.key, reason: reasonOf(error) });
  }
};
