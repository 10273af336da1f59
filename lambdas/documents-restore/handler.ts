import { S3Client } from "@aws-sdk/client-s3";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { s3Copy } from "./copy";
import { DocumentsRestoreEvent } from "./events";
import { restoreDocuments } from "./restore";

const s3 = new S3Client({});

const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  VAULT_BUCKET: Required,
  DOCUMENTS_REPLICA_BUCKET: Required,
  RECOVERED_BUCKET_PREFIX: Required,
};

export const handler = entryPoint("documents-restore", async (input, { now, remainingMs }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const event = parseEvent(DocumentsRestoreEvent, input);
  return restoreDocuments(
    {
      system: environment.LIFEBOAT_SYSTEM,
      vault: s3Objects(s3, environment.VAULT_BUCKET),
      documentsReplica: s3Objects(s3, environment.DOCUMENTS_REPLICA_BUCKET),
      target: s3Objects(s3, event.targetBucket),
      copy: s3Copy(s3, environment.DOCUMENTS_REPLICA_BUCKET, event.targetBucket),
      recoveredBucketPrefix: environment.RECOVERED_BUCKET_PREFIX,
      now,
      deadline: deadlineOf(remainingMs),
    },
    event,
  );
});
