import { lagSeconds } from "../../recovery/canary";
import { type CatalogueReader, selectPoint } from "../../recovery/catalogue/select";
import { messageOf } from "../../recovery/errors";
import { METRICS } from "../../recovery/names";
import type { Log } from "../shared/log";
import type { Metrics } from "../shared/metrics";

export interface DumpTools {
  readonly catalogue: CatalogueReader;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

/**
 * Publishes the age of the newest dump of PostgreSQL that is sealed and read back: a job that fails, that never runs or that never existed shows in it
 * alike. Where there is none, or it cannot be told, nothing is published, and missing data alarms.
 */
export const publishDumpAge = async ({ catalogue, metrics, log, now }: DumpTools, system: string): Promise<void> => {
  try {
    const { chosen, passedOver } = await selectPoint(catalogue, system, "postgres");
    if (chosen === undefined) return log.warn("no usable dump", { reason: passedOver[0]?.reason ?? "none has been sealed" });
    const at = now();
    await metrics.publish([
      { name: METRICS.dumpAge, unit: "Seconds", value: lagSeconds(chosen.point.asOf, at), at, system, store: "postgres" },
    ]);
  } catch (error) {
    // The lags of the stores are measured all the same.
    log.error("the age of the newest dump could not be measured", { reason: messageOf(error) });
  }
};
