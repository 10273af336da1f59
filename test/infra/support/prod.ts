import { readProd } from "../../../infra/config/read";
import { deployProd } from "../../../infra/stacks/prod";
import { changed } from "../../unit/infra/config/stackFiles";
import { startRun } from "./mocks";
import type { Recording } from "./recording";

export const SYSTEM = "acme";
export const PRIMARY = "us-east-1";
export const RECOVERY = "eu-west-1";

/** The networks of the committed stack file's clusters. */
export const VPCS: Readonly<Record<string, string>> = {
  "vpc-0a1b2c3d4e5f60001": "10.1.0.0/16",
  "vpc-0a1b2c3d4e5f60002": "10.2.0.0/16",
};

/** The `prod` program run on the committed stack file, with some values changed. */
export const deployedProd = async (changes: Readonly<Record<string, unknown>> = {}): Promise<Recording> => {
  const configuration = readProd(changed("prod", changes));
  const run = await startRun({ stack: "prod", system: configuration.system, world: { vpcs: VPCS } });
  await deployProd(configuration);
  await run.settled();
  return run.recording;
};
