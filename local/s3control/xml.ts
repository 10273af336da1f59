import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { invalidRequest, type S3ControlError } from "./errors";

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  isArray: (_name, path) => String(path).endsWith(".member"),
});

/** The elements of a body; leaves are text. */
export const readXml = (body: Buffer): unknown => {
  try {
    return parser.parse(body.toString("utf8"), true);
  } catch {
    throw invalidRequest("The XML you provided was not well-formed");
  }
};

const builder = new XMLBuilder({ ignoreAttributes: false });
const head = `<?xml version="1.0" encoding="UTF-8"?>\n`;
const namespace = "http://awss3control.amazonaws.com/doc/2018-08-20/";

/** Times as ISO 8601, absent members left out, lists as `<member>`: https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
const onTheWire = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? "" : { member: value.map(onTheWire) };
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return members.length === 0 ? "" : Object.fromEntries(members.map(([name, member]) => [name, onTheWire(member)]));
};

export const writeXml = (root: string, output: object): Buffer =>
  Buffer.from(`${head}${builder.build({ [root]: { "@_xmlns": namespace, ...Object(onTheWire(output)) } })}`);

export const writeError = (error: S3ControlError, requestId: string): Buffer =>
  Buffer.from(
    `${head}${builder.build({
      ErrorResponse: { "@_xmlns": namespace, Error: { Code: error.code, Message: error.message }, RequestId: requestId },
    })}`,
  );
