import {
  type DBInstanceAutomatedBackup,
  DBInstanceAutomatedBackupNotFoundFault,
  paginateDescribeDBInstanceAutomatedBackups,
  type RDSClient,
} from "@aws-sdk/client-rds";

/** The automated backups of one database instance, as RDS describes them. */
export interface AutomatedBackup {
  readonly arn: string;
  /** RDS's `DbiResourceId`: an instance that is made again under the same name has another one. */
  readonly resourceId: string;
  readonly instanceIdentifier: string;
  /** The region of the instance, not that of the backups. */
  readonly sourceRegion: string;
  /** RDS's own word, in lower case: see `isReplicating`. */
  readonly status: string;
  readonly engineVersion: string;
  readonly encrypted: boolean;
  /** Absent until the first base backup has arrived: nothing can be restored before. */
  readonly window?: { readonly earliest: Date; readonly latest: Date };
}

export interface AutomatedBackups {
  /** Those in the client's region of an instance of another region. */
  find(instanceIdentifier: string, sourceRegion: string): Promise<readonly AutomatedBackup[]>;
}

/** RDS in the client's region. */
export const rdsAutomatedBackups = (client: RDSClient): AutomatedBackups => ({
  async find(instanceIdentifier, sourceRegion) {
    const found: AutomatedBackup[] = [];
    try {
      const pages = paginateDescribeDBInstanceAutomatedBackups({ client }, { DBInstanceIdentifier: instanceIdentifier });
      for await (const { DBInstanceAutomatedBackups = [] } of pages)
        found.push(...DBInstanceAutomatedBackups.flatMap((described) => backupOf(described) ?? []));
    } catch (error) {
      // RDS answers a name that has no backups with a fault, or with an empty list: both say the same.
      if (error instanceof DBInstanceAutomatedBackupNotFoundFault) return [];
      throw error;
    }
    // An instance of the same name in this region has backups of its own here: they are not of the protected one.
    return found.filter((backup) => backup.instanceIdentifier === instanceIdentifier && backup.sourceRegion === sourceRegion);
  },
});

/** Undefined for what could not be restored from by its ARN, nor told apart by its source. */
const backupOf = (described: DBInstanceAutomatedBackup): AutomatedBackup | undefined => {
  const { DBInstanceAutomatedBackupsArn: arn, DbiResourceId: resourceId, DBInstanceIdentifier, Region: sourceRegion } = described;
  if (arn === undefined || resourceId === undefined || DBInstanceIdentifier === undefined || sourceRegion === undefined) return undefined;
  const { EarliestTime: earliest, LatestTime: latest } = described.RestoreWindow ?? {};
  return {
    arn,
    resourceId,
    instanceIdentifier: DBInstanceIdentifier,
    sourceRegion,
    status: (described.Status ?? "").toLowerCase(),
    engineVersion: described.EngineVersion ?? "",
    encrypted: described.Encrypted ?? false,
    ...(earliest === undefined || latest === undefined ? {} : { window: { earliest, latest } }),
  };
};

/**
 * Whether new backups keep arriving. AWS documents "creating" and "active" of automated backups, and "pending" and "replicating" of those that are
 * replicated; "retained" stands after the replication was stopped, and a word that nobody documents is not taken for a good one.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstanceAutomatedBackup.html and
 * https://docs.aws.amazon.com/cli/latest/reference/rds/start-db-instance-automated-backups-replication.html#examples
 */
export const isReplicating = ({ status }: AutomatedBackup): boolean => GOING_ON.includes(status);

const GOING_ON: readonly string[] = ["creating", "active", "pending", "replicating"];
