import { untilAborted } from "../aborted";
import type { Command } from "../command";
import { readDefaults } from "../strategy/defaults";
import { connectRestoreConfiguration, type RestoreConfigurationConnection } from "./aws";
import { parseRestoreConfiguration, type RestoreConfigurationOptions, USAGE } from "./options";
import { renderRestored, restoredJson } from "./report";
import { restoreConfiguration } from "./restore";

type Connect = (options: RestoreConfigurationOptions) => Promise<RestoreConfigurationConnection>;

/** Resolves to 0 when all was restored, 1 when something of these names was there already. Asks the recovery region alone, and the one that is restored to. */
export const restoreConfigurationCommandWith = (connect: Connect): Command => ({
  name: "restore-configuration",
  summary:
    "makes secrets and parameters, a repository's bundle, Pulumi's state or Kubernetes' objects again from a recovery point; overwrites nothing",
  usage: USAGE,
  async run(argv, { projectDir, out, signal }) {
    const options = parseRestoreConfiguration(argv, readDefaults(projectDir));
    const connection = await untilAborted(signal, connect(options));
    try {
      const restored = await restoreConfiguration(connection.tools, options);
      out(options.json ? restoredJson(restored, options) : `${renderRestored(restored, options)}\n`);
      return restored.things.every(({ outcome }) => outcome === "restored") ? 0 : 1;
    } finally {
      connection.close();
    }
  },
});

export const restoreConfigurationCommand: Command = restoreConfigurationCommandWith((options) =>
  connectRestoreConfiguration({}, options, (line) => process.stderr.write(`${line}\n`)),
);
