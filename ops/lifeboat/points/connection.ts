import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { rdsAutomatedBackups } from "../../../lambdas/shared/automated-backups";
import { newestCanary } from "../../../lambdas/shared/canary";
import { s3Objects } from "../../../lambdas/shared/s3-objects";
import { type Access, connectVault, type VaultConnection } from "../vault";
import type { ContinuousSources } from "./continuous";
import type { PointsOptions } from "./options";

export interface PointsConnection extends VaultConnection {
  readonly continuous: ContinuousSources;
}

/** The vault, and what is copied all the time, found by what stands in the recovery region alone. */
export const connectPoints = async (access: Access, options: PointsOptions): Promise<PointsConnection> => {
  const recovery = await connectVault(access, options);
  const client = { ...access, region: options.recoveryRegion };
  const rds = new RDSClient(client);
  const s3 = new S3Client({ ...client, ...(access.endpoint === undefined ? {} : { forcePathStyle: true }) });
  const { stores, postgres, buckets } = recovery.standing;
  const documents = s3Objects(s3, buckets.documentsReplica);
  return {
    ...recovery,
    continuous: {
      ...(stores.includes("postgres") && postgres !== undefined
        ? {
            database: {
              instance: postgres.instance,
              find: () => rdsAutomatedBackups(rds).find(postgres.instance, primaryRegionOf(options)),
            },
          }
        : {}),
      ...(stores.includes("objects")
        ? { documents: { bucket: documents.bucket, newestCanary: () => newestCanary(documents, options.system) } }
        : {}),
    },
    close: () => {
      for (const one of [rds, s3]) one.destroy();
      recovery.close();
    },
  };
};

/** Only to tell the protected instance's backups from those of another of its name; it is not asked. */
const primaryRegionOf = ({ primaryRegion }: PointsOptions): string => {
  if (primaryRegion === undefined) throw new Error("no Pulumi.dr.yaml says the primary region: --primary-region");
  return primaryRegion;
};
