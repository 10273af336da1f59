import type * as aws from "@pulumi/aws";
import { OWN_PARAMETERS } from "../../config/postgres";

/**
 * A parameter group's values, in the order of their names. All of them wait for a restart: RDS refuses to apply a static one at once, and a new
 * database starts with all of them anyway. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html
 */
export const groupParameters = (configured: Readonly<Record<string, string>>): aws.types.input.rds.ParameterGroupParameter[] =>
  Object.entries({ ...configured, ...OWN_PARAMETERS })
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => ({ name, value, applyMethod: "pending-reboot" }));

/** A parameter group belongs to a major release: "postgres15" for 15 and for 15.10. */
export const parameterFamily = (engineVersion: string): string => `postgres${engineVersion.split(".")[0]}`;
