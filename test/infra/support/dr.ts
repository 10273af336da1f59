import { readDr } from "../../../infra/config/read";
import { deployDr } from "../../../infra/stacks/dr";
import type { Standing } from "../../../recovery/catalogue/standing";
import { bucketNames, FUNCTIONS, parameterNames } from "../../../recovery/names";
import { changed } from "../../unit/infra/config/stackFiles";
import { answersOf, type TrialAnswer } from "./answers";
import { startRun } from "./mocks";
import { ACCOUNT } from "./outputs";
import { PRIMARY, RECOVERY, SYSTEM } from "./prod";
import type { Recording } from "./recording";
import type { World } from "./world";

const { vault, documentsReplica, documentsVault } = bucketNames({
  system: SYSTEM,
  accountId: ACCOUNT,
  primaryRegion: PRIMARY,
  recoveryRegion: RECOVERY,
});

/** What `prod` left in the recovery region. */
export const STANDING: Standing = {
  schema: "lifeboat/standing/1",
  system: SYSTEM,
  recoveryRegion: RECOVERY,
  buckets: { vault, documentsReplica, documentsVault },
  keyArn: `arn:aws:kms:${RECOVERY}:${ACCOUNT}:key/recovery`,
  functions: Object.fromEntries(FUNCTIONS.map((name) => [name, `${SYSTEM}-${name}`])),
  stores: ["postgres", "objects", "chroma"],
  chroma: { port: 8200, clientCidr: "10.2.0.0/16" },
  postgres: {
    instance: `${SYSTEM}-postgres`,
    database: "app",
    username: "lifeboat",
    port: 5555,
    instanceClass: "db.r7g.large",
    multiAz: true,
    backupRetentionDays: 21,
    backupWindow: "02:00-02:30",
    subnetGroupName: `${SYSTEM}-postgres`,
    parameterGroupName: `${SYSTEM}-postgres`,
    vpcId: "vpc-0a1b2c3d4e5f60002",
    functionsSecurityGroupId: "sg-functions",
    clusterSecurityGroupId: "sg-0a1b2c3d4e5f60002",
  },
  topicArn: `arn:aws:sns:${RECOVERY}:${ACCOUNT}:${SYSTEM}-alarms`,
};

export const worldOf = ({
  standing = STANDING,
  trial,
  validation = "passes",
}: {
  readonly standing?: Standing;
  readonly trial?: TrialAnswer;
  readonly validation?: "passes" | "fails";
} = {}): World => ({
  parameters: { [parameterNames(SYSTEM).standing]: JSON.stringify(standing) },
  answers: answersOf({ validation, ...(trial === undefined ? {} : { trial }) }),
});

/** The `dr` program on the committed stack file, with some values changed: begun, and not yet awaited. */
export const startDr = async (changes: Readonly<Record<string, unknown>>, world: World) => {
  const configuration = readDr(changed("dr", changes));
  const run = await startRun({ stack: "dr", system: configuration.system, world });
  return { ...run, deployment: deployDr(configuration) };
};

export const deployedDr = async (changes: Readonly<Record<string, unknown>> = {}, world = worldOf()): Promise<Recording> => {
  const { deployment, settled, recording } = await startDr(changes, world);
  await deployment;
  await settled();
  return recording;
};
