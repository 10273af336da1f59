import { rpoAlarmName } from "../../../recovery/names";
import { hardwareFindings } from "../hardware/findings";
import { loseAndRestore } from "../hardware/recover";
import { DATABASE_LAGS, SYSTEM } from "../profile";
import { calmAlarms, databaseBackups, steadyWrites } from "../protections";
import type { Scenario } from "../scenario";

/** Of rows and commits: about ten documents. */
const WRITES = 20;

/** The database's server and disk are gone, its standby's with them: it is restored in its region from its own backups, by the operator's command. */
export const hardwareFailure: Scenario = {
  name: "hardware-failure",
  databases: DATABASE_LAGS,
  documents: 200,
  // The alarm on the replica's lag starts the recovery: before it was calm it could announce nothing.
  jobs: false,
  awaits: [databaseBackups, steadyWrites(WRITES), calmAlarms([rpoAlarmName(SYSTEM, "postgres")])],
  loseAndRecover: async (context, before) => hardwareFindings(DATABASE_LAGS, before, await loseAndRestore(context, before)),
};
