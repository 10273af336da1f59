import * as z from "zod";
import { newestFirst } from "../catalogue/keys";
import type { RecoveryResult } from "../catalogue/result";
import { MeasuredRestore, measuredRate } from "./measured-restore";

/** Beside the recoveries, because their names tell no time: here the newest is listed first, and nothing takes it away with its recovery. */
export const MEASUREMENTS_PREFIX = "catalogue/measurements/chroma/";

/**
 * What a restore of Chroma measured, written once. It bears no code: the function that imports may make none, or it could make recovery points. It decides
 * on an estimate, never on what is restored.
 */
export const RestoreMeasurement = z.object({
  schema: z.literal("lifeboat/restore-measurement/1"),
  system: z.string(),
  recoveryId: z.string(),
  pointId: z.string(),
  measuredAt: z.iso.datetime(),
  measured: MeasuredRestore,
});
export type RestoreMeasurement = z.infer<typeof RestoreMeasurement>;

/** By the result alone, so that a call that is repeated writes the same object again. Undefined where it measured nothing. */
export const measurementOf = (result: RecoveryResult): { readonly key: string; readonly measurement: RestoreMeasurement } | undefined => {
  const { system, recoveryId, pointId, verifiedAt: measuredAt, measured } = result;
  if (measured === undefined || measuredRate(measured) === undefined) return undefined;
  return {
    key: `${MEASUREMENTS_PREFIX}${newestFirst(measuredAt)}-${recoveryId}.json`,
    measurement: { schema: "lifeboat/restore-measurement/1", system, recoveryId, pointId, measuredAt, measured },
  };
};
