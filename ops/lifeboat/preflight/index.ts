import { parseArgs } from "node:util";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import type { Command } from "../command";
import { readSettings } from "../settings";
import { connectRegion } from "./aws";
import { fits, preflight } from "./preflight";
import { preflightJson, renderPreflight } from "./report";

const USAGE = "npm run lifeboat -- preflight [--json]";

export const preflightCommand: Command = {
  name: "preflight",
  summary: "whether a recovery fits into the recovery region's quotas, and its database is on offer there",
  usage: USAGE,
  async run(argv, { projectDir, out, now }) {
    const { json } = parsed(argv);
    const settings = readSettings(projectDir);
    const region = connectRegion(settings, now);
    try {
      const report = await preflight(region, settings);
      out(json ? preflightJson(report) : `${renderPreflight(report)}\n`);
      return fits(report) ? 0 : 1;
    } finally {
      region.close();
    }
  },
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], options: { json: { type: "boolean", default: false } } }).values;
  } catch (error) {
    throw new LifeboatError({ code: "configuration", what: messageOf(error), received: argv.join(" "), allowed: "--json", hint: USAGE });
  }
};
