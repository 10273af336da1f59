import { S3Client } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import { parseEnvironment, Required } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { cutOver } from "./cut-over";
import { CutOverEvent } from "./events";
import { ssmLiveParameter } from "./live-parameter";

const s3 = new S3Client({});
const ssm = new SSMClient({});

const ENVIRONMENT = { LIFEBOAT_SYSTEM: Required, VAULT_BUCKET: Required, LIVE_PARAMETER: Required };

export const handler = entryPoint("cut-over", async (event, { now }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  return cutOver(
    {
      system: environment.LIFEBOAT_SYSTEM,
      vault: s3Objects(s3, environment.VAULT_BUCKET),
      live: ssmLiveParameter(ssm, environment.LIVE_PARAMETER),
      now,
    },
    parseEvent(CutOverEvent, event),
  );
});
