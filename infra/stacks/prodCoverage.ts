import type * as pulumi from "@pulumi/pulumi";
import { Scheduled } from "../components/functions/trigger";
import { ContentAlarms } from "../components/watching/contentAlarms";
import { CoverageAlarm } from "../components/watching/coverageAlarm";
import { SetAlarm } from "../components/watching/setAlarm";
import type { ProdConfiguration } from "../config/read";
import type { DeployedFunctions } from "./prodFunctions";

export interface SetsAndCoverage {
  readonly configuration: ProdConfiguration;
  readonly functions: Pick<DeployedFunctions, "recovery-set" | "coverage">;
  readonly topicArn: pulumi.Input<string>;
}

/** The hourly set across the stores with what is looked at beside it, and the comparison of what exists with what is protected: both in the recovery region. */
export const deploySetsAndCoverage = (
  { configuration, functions, topicArn }: SetsAndCoverage,
  recovery: pulumi.ComponentResourceOptions,
): void => {
  const { system, sets, coverage, runbooks } = configuration;
  new Scheduled(`${system}-recovery-set`, { schedule: sets.schedule, target: functions["recovery-set"] }, recovery);
  new Scheduled(`${system}-coverage`, { schedule: coverage.schedule, target: functions.coverage }, recovery);
  const hasDumps = configuration.postgres.dump !== "off";
  new ContentAlarms("content", { system, topicArn, runbooks, hasDumps, intervalSeconds: sets.schedule.intervalSeconds }, recovery);
  new SetAlarm("sets", { system, topicArn, runbooks, intervalSeconds: sets.schedule.intervalSeconds }, recovery);
  new CoverageAlarm("uncovered", { system, topicArn, runbooks }, recovery);
};
