import { XMLBuilder } from "fast-xml-parser";
import type { CloudWatchError } from "../errors";

const namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/";

interface Node {
  text?: string;
  readonly children: Map<string, Node>;
}

/** `MetricData.member.1.MetricName=x` becomes nested objects and lists: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export const decodeQuery = (body: Buffer): { operation: string; input: unknown } => {
  const root: Node = { children: new Map() };
  let operation = "";
  for (const [name, value] of new URLSearchParams(body.toString("utf8"))) {
    if (name === "Action") operation = value;
    else if (name !== "Version") place(root, name.split("."), value);
  }
  return { operation, input: inputOf(root) };
};

const place = (root: Node, path: readonly string[], text: string): void => {
  let node = root;
  for (const step of path) {
    const child = node.children.get(step) ?? { children: new Map<string, Node>() };
    node.children.set(step, child);
    node = child;
  }
  node.text = text;
};

const inputOf = (node: Node): unknown => {
  if (node.children.size === 0) return node.text;
  const members = node.children.get("member");
  if (members !== undefined && node.children.size === 1) {
    return [...members.children].sort(([a], [b]) => Number(a) - Number(b)).map(([, each]) => inputOf(each));
  }
  return Object.fromEntries([...node.children].map(([name, each]) => [name, inputOf(each)]));
};

const onTheWire = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return { member: value.map(onTheWire) };
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, onTheWire(each)]));
  }
  return value;
};

const builder = new XMLBuilder({ ignoreAttributes: false });
const metadata = (requestId: string) => ({ ResponseMetadata: { RequestId: requestId } });

export const encodeQuery = (operation: string, output: object, requestId: string): Buffer => {
  const result = Object.keys(output).length === 0 ? {} : { [`${operation}Result`]: onTheWire(output) };
  return Buffer.from(builder.build({ [`${operation}Response`]: { "@_xmlns": namespace, ...result, ...metadata(requestId) } }));
};

export const encodeQueryError = (error: CloudWatchError, requestId: string): Buffer =>
  Buffer.from(
    builder.build({
      ErrorResponse: {
        "@_xmlns": namespace,
        Error: { Type: "Sender", Code: error.queryCode, Message: error.message },
        RequestId: requestId,
      },
    }),
  );
