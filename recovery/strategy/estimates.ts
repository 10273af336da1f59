/** How long something takes, in seconds, and who says so; null where nobody publishes a figure and nothing was measured. */
export interface Estimate {
  readonly seconds: number | null;
  /** The vendor's page, or the recovery that measured it. */
  readonly source: string;
  readonly note: string;
}

/** From the plan until the database is usable, by how it comes back. */
export interface RecoveryEstimates {
  readonly promotion: Estimate;
  readonly restore: Estimate;
}

/** A recovery of this system that was carried out, of which the catalogue has both times. */
export interface MeasuredRecovery {
  readonly method: keyof RecoveryEstimates;
  readonly recoveryId: string;
  readonly resolvedAt: Date;
  readonly usableAt: Date;
}

const AWS_DOCS = "https://docs.aws.amazon.com";

export const DOCUMENTED: RecoveryEstimates = {
  promotion: {
    seconds: null,
    source: `${AWS_DOCS}/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html`,
    note: 'documented only as "several minutes or longer", by the size of the replica, which is rebooted once',
  },
  restore: {
    seconds: null,
    source: `${AWS_DOCS}/prescriptive-guidance/latest/dr-standard-edition-amazon-rds/rds-pitr-snapshot.html`,
    note: 'documented only as "up to a few hours", by the size of the snapshot and the WAL that follows it; the volume then fills while it is read',
  },
};

/** The documented estimates, and in their place the newest measurement of this system where there is one. */
export const estimatesFrom = (measured: readonly MeasuredRecovery[]): RecoveryEstimates => ({
  promotion: newestOf(measured, "promotion") ?? DOCUMENTED.promotion,
  restore: newestOf(measured, "restore") ?? DOCUMENTED.restore,
});

const newestOf = (measured: readonly MeasuredRecovery[], method: keyof RecoveryEstimates): Estimate | undefined => {
  const [newest] = measured
    .filter((one) => one.method === method && one.usableAt >= one.resolvedAt)
    .sort((a, b) => b.resolvedAt.getTime() - a.resolvedAt.getTime());
  if (newest === undefined) return undefined;
  return {
    seconds: (newest.usableAt.getTime() - newest.resolvedAt.getTime()) / 1000,
    source: `measured by recovery ${newest.recoveryId} of ${newest.resolvedAt.toISOString()}, in the catalogue`,
    note: "from its plan until the database was usable; the database may have grown since",
  };
};
