import type { Subject } from "../../recovery/configuration/subjects";
import { type Log, reasonOf } from "../shared/log";
import type { ConfigurationExportResponse } from "./events";
import type { LagMetrics } from "./metrics";
import type { Source } from "./source";
import { exportSubject, type SubjectTools } from "./subject";
import { readState } from "./subject-state";

export interface ExportTools extends SubjectTools {
  readonly log: Log;
  readonly metrics: LagMetrics;
  /** Secrets that have no copy in the recovery region, by name; undefined when nobody could look. */
  readonly withoutReplica: () => readonly string[] | undefined;
}

/** Exports each subject that changed, and says how far each is behind. One that fails costs none of the others; its error is thrown last. */
export const exportConfiguration = async (tools: ExportTools, sources: readonly Source[]): Promise<ConfigurationExportResponse> => {
  const subjects: ConfigurationExportResponse["subjects"] = [];
  const failures: unknown[] = [];
  for (const source of sources) {
    try {
      const { inSyncAt, ...exported } = await exportSubject(tools, source);
      tools.log.info("subject", { ...exported, inSyncAt: inSyncAt.toISOString() });
      subjects.push(exported);
      await tools.metrics.lag(source.subject, secondsSince(inSyncAt, tools.now()), tools.now());
    } catch (error) {
      failures.push(error);
      tools.log.error("a subject could not be exported", { subject: source.subject, reason: reasonOf(error) });
      await publishAge(tools, source.subject);
    }
  }
  const withoutReplica = tools.withoutReplica();
  if (withoutReplica !== undefined) await tools.metrics.withoutReplica(withoutReplica.length, tools.now());
  if (withoutReplica?.length) tools.log.warn("secrets have no replica in the recovery region", { secrets: withoutReplica });
  if (failures.length > 0) throw failures[0];
  return { subjects, withoutReplica: [...(withoutReplica ?? [])] };
};

const secondsSince = (time: Date, now: Date): number => Math.max(0, (now.getTime() - time.getTime()) / 1000);

/** How long ago it was last known to be in the vault. Nothing where that was never so: the alarm takes no data for bad news. */
const publishAge = async ({ staging, metrics, now, log }: ExportTools, subject: Subject): Promise<void> => {
  try {
    const state = await readState(staging, subject);
    if (state !== undefined) await metrics.lag(subject, secondsSince(new Date(state.inSyncAt), now()), now());
  } catch (error) {
    log.error("a lag could not be published", { subject, reason: reasonOf(error) });
  }
};
