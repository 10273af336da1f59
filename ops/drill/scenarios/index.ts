import type { DrillOptions } from "../options";
import type { Scenario } from "../scenario";
import { dataCenterOutage } from "./data-center-outage";
import { hardwareFailure } from "./hardware-failure";
import { regionalDisaster } from "./regional-disaster";

/** The disaster that a run is asked for. */
export const scenarioOf = (options: DrillOptions): Scenario => {
  if (options.scenario === "regional-disaster") return regionalDisaster(options);
  return IN_REGION[options.scenario];
};

const IN_REGION = { "data-center-outage": dataCenterOutage, "hardware-failure": hardwareFailure } as const;
