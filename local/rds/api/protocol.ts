import { validationError } from "./errors";

export interface HttpRequest {
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** RDS speaks the query protocol only. */
export const formOf = ({ headers, body }: HttpRequest): string => {
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded") !== true) {
    throw validationError("The call is not a form: RDS speaks the query protocol");
  }
  return body.toString("utf8");
};

export const xml = (status: number, body: Buffer, requestId: string): HttpResponse => ({
  status,
  headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
  body,
});
