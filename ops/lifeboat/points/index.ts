import { type Progress, silentProgress } from "../../../local/progress";
import { told } from "../../drill/context";
import { untilAborted } from "../aborted";
import type { Command } from "../command";
import { stderrProgress } from "../progress";
import { readDefaults } from "../strategy/defaults";
import type { VaultConnection } from "../vault";
import { connectPoints, type PointsConnection } from "./connection";
import { type ContinuousSources, gatherContinuous } from "./continuous";
import { gatherPoints } from "./gather";
import { type PointsOptions, parsePointsOptions, USAGE } from "./options";
import { readPolicy } from "./policy";
import { hasUsable, isRestorable, pointsJson, renderPoints } from "./report";
import { gatherSets } from "./sets";

/** An hour apart, they are a working day's. */
const SETS_SHOWN = 5;

/**
 * Resolves to 0 when every series has a point that could be restored from, and what is copied all the time has a state that could be; 1 when one has none, or
 * there is none. Reads only, in the recovery region only.
 */
export const pointsCommandWith = (
  connect: (options: PointsOptions) => Promise<VaultConnection & Partial<Pick<PointsConnection, "continuous">>>,
  progress: () => Progress = () => silentProgress,
): Command => ({
  name: "points",
  summary: "the recovery points and sets, newest first: what each holds, how long it is locked, whether it was read back, why it is kept",
  usage: USAGE,
  async run(argv, { projectDir, now, out, signal }) {
    const options = parsePointsOptions(argv, readDefaults(projectDir));
    const connection = await untilAborted(signal, connect(options));
    try {
      const sources = {
        ...{ ...connection, system: options.system, policy: readPolicy(projectDir), now: now() },
        chromaRestore: connection.standing.chroma?.restore,
      };
      const { catalogue, continuous = {} } = connection;
      const asked: ContinuousSources = {
        ...(continuous.database !== undefined && options.stores.includes("postgres") ? { database: continuous.database } : {}),
        ...(continuous.documents !== undefined && options.everything ? { documents: continuous.documents } : {}),
      };
      const report = await told(progress(), `Reading the catalogue of ${options.system}`, (step) =>
        untilAborted(
          signal,
          (async () => ({
            ...{ system: options.system, readAt: sources.now },
            series: await gatherPoints(sources, options.stores, options.limit, (series, fraction) => step.update(series, fraction)),
            ...(options.everything ? { sets: await gatherSets(catalogue, options.system, sources.now, SETS_SHOWN) } : {}),
            continuous: await gatherContinuous(asked, sources.now),
          }))(),
        ),
      );
      out(options.json ? pointsJson(report) : `${renderPoints(report)}\n`);
      return report.series.length > 0 && report.series.every(hasUsable) && isRestorable(report.continuous) ? 0 : 1;
    } finally {
      connection.close();
    }
  },
});

export const pointsCommand: Command = pointsCommandWith((options) => connectPoints({}, options), stderrProgress);
