import { PostgresValues } from "../../../infra/config/postgres";
import { readProd } from "../../../infra/config/read";
import { deployProd } from "../../../infra/stacks/prod";
import { FUNCTIONS } from "../../../recovery/names";
import { changed, committed } from "../../unit/infra/config/stackFiles";
import { startRun } from "./mocks";
import type { Recording } from "./recording";
import type { World } from "./world";

export const SYSTEM = "acme";
export const PRIMARY = "us-east-1";
export const RECOVERY = "eu-west-1";

/** The networks of the committed stack file's clusters. */
export const VPCS: Readonly<Record<string, string>> = {
  "vpc-0a1b2c3d4e5f60001": "10.1.0.0/16",
  "vpc-0a1b2c3d4e5f60002": "10.2.0.0/16",
};

/** The functions of a system that makes its own stores. */
export const MADE_FUNCTIONS = FUNCTIONS.filter((name) => name !== "protect-bucket");

/** The database of the committed stack file, which the program makes. */
export const POSTGRES = PostgresValues.parse(JSON.parse(committed("prod").postgres ?? ""));

/** The `prod` program on the committed stack file, with some values changed, in a world with more in it: begun, and not yet awaited. */
export const startProd = async (changes: Readonly<Record<string, unknown>> = {}, world: World = {}) => {
  const configuration = readProd(changed("prod", changes));
  const run = await startRun({ stack: "prod", system: configuration.system, world: { vpcs: VPCS, ...world } });
  return { ...run, deployment: deployProd(configuration) };
};

export const deployedProd = async (changes: Readonly<Record<string, unknown>> = {}, world: World = {}): Promise<Recording> => {
  const { deployment, settled, recording } = await startProd(changes, world);
  await deployment;
  await settled();
  return recording;
};
