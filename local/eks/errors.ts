/** An answer other than success. https://docs.aws.amazon.com/eks/latest/APIReference/CommonErrors.html */
export class EksError extends Error {
  constructor(
    readonly status: number,
    /** `ResourceNotFoundException` */
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "EksError";
  }
}

export const invalidParameter = (message: string): EksError => new EksError(400, "InvalidParameterException", message);

export const notFound = (message: string): EksError => new EksError(404, "ResourceNotFoundException", message);

/** What the real service has and this one does not. */
export const notImplemented = (what: string): EksError => invalidParameter(`the embedded EKS does not implement ${what} (local/eks)`);
