import { untilAborted } from "../aborted";
import type { Command } from "../command";
import type { RecoverySide } from "../place";
import { readDefaults } from "../strategy/defaults";
import { connectVault, type VaultConnection } from "../vault";
import { gatherPoints } from "./gather";
import { parsePointsOptions, USAGE } from "./options";
import { readPolicy } from "./policy";
import { hasUsable, pointsJson, renderPoints } from "./report";

/** Resolves to 0 when every series has a point that could be restored from, 1 when one has none, or there is none. Reads only, in the recovery region only. */
export const pointsCommandWith = (connect: (side: RecoverySide) => Promise<VaultConnection>): Command => ({
  name: "points",
  summary: "the recovery points, newest first: what each holds, how long it is locked, whether it was read back, why it is kept",
  usage: USAGE,
  async run(argv, { projectDir, now, out, signal }) {
    const options = parsePointsOptions(argv, readDefaults(projectDir));
    const connection = await untilAborted(signal, connect(options));
    try {
      const sources = { ...connection, system: options.system, policy: readPolicy(projectDir), now: now() };
      const series = await untilAborted(signal, gatherPoints(sources, options.stores, options.limit));
      const report = { system: options.system, readAt: sources.now, series };
      out(options.json ? pointsJson(report) : `${renderPoints(report)}\n`);
      return series.length > 0 && series.every(hasUsable) ? 0 : 1;
    } finally {
      connection.close();
    }
  },
});

export const pointsCommand: Command = pointsCommandWith((side) => connectVault({}, side));
