/** An error of the CloudWatch API, as a client sees it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html */
export class CloudWatchError extends Error {
  constructor(
    /** The shape's name in the service model. */
    readonly code: string,
    message: string,
    readonly status = 400,
    /** The code of the query protocol where it differs. */
    readonly queryCode = code,
  ) {
    super(message);
    this.name = "CloudWatchError";
  }
}

export const validationError = (message: string): CloudWatchError => new CloudWatchError("ValidationError", message);
/** What AWS has and this CloudWatch has not: said by name, so that nothing is accepted that is not carried out. */
export const unsupported = (what: string): CloudWatchError =>
  new CloudWatchError("ValidationError", `${what} is not implemented by the local CloudWatch (local/cloudwatch)`);
export const notFound = (message: string): CloudWatchError => new CloudWatchError("ResourceNotFound", message, 404);
