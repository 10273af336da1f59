import { BACKFILL_KEY } from "../../../recovery/existing/backfill";
import { CANARY_KEY } from "../../../recovery/names";
import { restoreSettings } from "../../config/restoreSettings";
import { objectsArn } from "../../iam/arns";
import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";

export const resolve = ({
  watch,
  existing,
  buckets,
  useKey,
  read,
  write,
  automatedBackups,
  standingReplica,
  site,
  configuration,
  databaseInstance,
}: FunctionContext): FunctionDefinition => ({
  name: "resolve",
  description: "Chooses what a recovery restores and pins it in the catalogue",
  home: "recovery",
  timeoutSeconds: 2 * MINUTE,
  memoryMb: 256,
  inClusterNetwork: false,
  catalogue: "reads",
  environment: {
    VAULT_BUCKET: buckets.vault,
    DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica,
    PRIMARY_REGION: site.primaryRegion,
    DATABASE_INSTANCE: databaseInstance,
    REPLICA_LAG_PERIOD_SECONDS: String(watch.replicaLagPeriod),
    HAS_BACKFILL: JSON.stringify(existing !== undefined),
    ...chromaRestoreVariable(configuration),
  },
  statements: [
    ...read(buckets.vault, "catalogue/*"),
    ...read(buckets.documentsReplica, CANARY_KEY),
    ...(existing === undefined ? [] : [{ actions: ["s3:GetObject"], resources: [objectsArn(buckets.documentsReplica, BACKFILL_KEY)] }]),
    write(buckets.vault, "catalogue/recoveries/*"),
    automatedBackups,
    ...standingReplica,
    useKey("recovery"),
  ],
});

const chromaRestoreVariable = (configuration: FunctionContext["configuration"]): Readonly<Record<string, string>> => {
  const settings = restoreSettings(configuration);
  return settings === undefined ? {} : { CHROMA_RESTORE: JSON.stringify(settings) };
};
