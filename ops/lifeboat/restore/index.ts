import type { Command } from "../command";
import { readDefaults } from "../strategy/defaults";
import { type Connection, connectRestore, type RestoreWays } from "./aws";
import { parseRestoreOptions, type RestoreOptions, USAGE } from "./options";
import { renderRestored, restoreJson } from "./report";
import { restoreInRegion } from "./restore";

const POLL_MS = 10_000;

type Connect = (options: RestoreOptions, ways: Omit<RestoreWays, "access" | "pollMs">) => Connection;

/** Resolves to 0 when the database serves and its backups are replicated, 1 when it serves and they are not. Interrupted or failed, it can be run again. */
export const restoreCommandWith = (connect: Connect, say: (line: string) => void): Command => ({
  name: "restore-in-region",
  summary: "brings a database that RDS calls failed back in its own region, under its own name",
  usage: USAGE,
  async run(argv, { projectDir, environment, now, out, signal }) {
    const options = parseRestoreOptions(argv, readDefaults(projectDir), now());
    const connection = connect(options, { authoritiesFile: environment.NODE_EXTRA_CA_CERTS, now, say, signal });
    try {
      const restored = await restoreInRegion(connection.tools, options);
      out(options.json ? restoreJson(restored, options) : `${renderRestored(restored, options)}\n`);
      return restored.replication.state === "failed" || restored.replication.state === "none" ? 1 : 0;
    } finally {
      connection.close();
    }
  },
});

export const restoreCommand: Command = restoreCommandWith(
  (options, ways) => connectRestore(options, { ...ways, access: {}, pollMs: POLL_MS }),
  (line) => process.stderr.write(`${line}\n`),
);
