/** An error of the RDS API, as a client sees it. The HTTP status of a code is the service model's: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html */
export class RdsError extends Error {
  constructor(
    /** The code on the wire, which is not always the name of the exception's shape. */
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "RdsError";
  }
}

export const validationError = (message: string): RdsError => new RdsError("ValidationError", message);
export const invalidValue = (message: string): RdsError => new RdsError("InvalidParameterValue", message);
export const invalidCombination = (message: string): RdsError => new RdsError("InvalidParameterCombination", message);
export const missingParameter = (name: string): RdsError =>
  new RdsError("MissingParameter", `The request must contain the parameter ${name}.`);
/** What AWS has and this RDS has not: said by name, so that nothing is accepted that is not carried out. */
export const unsupported = (what: string): RdsError => validationError(`${what} is not implemented by the local RDS (local/rds)`);

export const instanceNotFound = (identifier: string): RdsError => new RdsError("DBInstanceNotFound", `DBInstance ${identifier} not found.`);
export const instanceExists = (): RdsError => new RdsError("DBInstanceAlreadyExists", "DB instance already exists");
export const invalidState = (message: string): RdsError => new RdsError("InvalidDBInstanceState", message);
export const backupNotFound = (what: string): RdsError =>
  new RdsError("DBInstanceAutomatedBackupNotFound", `DBInstanceAutomatedBackup ${what} not found.`);
export const snapshotNotFound = (identifier: string): RdsError => new RdsError("DBSnapshotNotFound", `DBSnapshot ${identifier} not found.`);
export const snapshotExists = (identifier: string): RdsError =>
  new RdsError(
    "DBSnapshotAlreadyExists",
    `Cannot create the snapshot because a snapshot with the identifier ${identifier} already exists.`,
  );
export const keyNotAccessible = (key: string): RdsError =>
  new RdsError(
    "KMSKeyNotAccessibleFault",
    `The specified KMS key [${key}] does not exist, is not enabled or you do not have permissions to access it.`,
  );
export const insufficientCapacity = (zone: string): RdsError =>
  new RdsError(
    "InsufficientDBInstanceCapacity",
    `Database instance capacity in ${zone} is not sufficient: the Availability Zone does not answer.`,
  );
/** The other region of the call is cut off. */
export const regionUnreachable = (region: string): RdsError =>
  new RdsError("ServiceUnavailable", `RDS in ${region} does not answer. Try again when the region is back.`);
