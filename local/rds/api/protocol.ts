import type { ServiceAnswer, ServiceRequest } from "../../gateway/service-endpoint";
import { validationError } from "./errors";

export type HttpRequest = Omit<ServiceRequest, "region">;
export type HttpResponse = ServiceAnswer;

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
