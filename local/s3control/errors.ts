/** An error of the S3 Control API, as a client sees it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshooting-batch-operations.html */
export class S3ControlError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = "S3ControlError";
  }
}

export const invalidRequest = (message: string): S3ControlError => new S3ControlError("InvalidRequest", message);
/** What AWS has and this S3 Control has not: said by name, so that nothing is accepted that is not carried out. */
export const unsupported = (what: string): S3ControlError =>
  invalidRequest(`${what} is not implemented by the local S3 Control (local/s3control)`);
export const noSuchJob = (): S3ControlError => new S3ControlError("NoSuchJobException", "The specified job does not exist.", 404);
