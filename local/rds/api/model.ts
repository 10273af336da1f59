import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { LifeboatError } from "../../../recovery/errors";

const reference = z.object({ shape: z.string(), locationName: z.string().optional() });

const shape = z.object({
  type: z.enum(["structure", "list", "map", "string", "integer", "long", "double", "float", "boolean", "timestamp", "blob"]),
  members: z.record(z.string(), reference).optional(),
  required: z.array(z.string()).optional(),
  member: reference.optional(),
  enum: z.array(z.string()).optional(),
  error: z.object({ code: z.string(), httpStatusCode: z.number() }).optional(),
});

const document = z.object({
  metadata: z.object({ apiVersion: z.string(), xmlNamespace: z.string(), protocol: z.literal("query") }),
  operations: z.record(
    z.string(),
    z.object({
      input: reference.optional(),
      output: z.object({ shape: z.string(), resultWrapper: z.string() }).optional(),
    }),
  ),
  shapes: z.record(z.string(), shape),
});

export type Shape = z.infer<typeof shape>;

export interface OperationShape {
  readonly input?: string;
  readonly output?: { readonly shape: string; readonly resultWrapper: string };
}

/** What AWS publishes of the API: names, types and error codes of every call. */
export interface ServiceModel {
  readonly version: string;
  readonly namespace: string;
  operation(name: string): OperationShape | undefined;
  shape(name: string): Shape;
  /** HTTP status of an error's code on the wire. */
  statusOf(code: string): number;
}

/** Codes of every AWS service that no exception shape declares: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html */
const commonStatus: Readonly<Record<string, number>> = { InternalFailure: 500, ServiceUnavailable: 503 };

/** botocore's description of RDS, in the virtual environment with this `bin` directory. */
export const serviceModelFile = (binDirectory: string): string => {
  const lib = join(dirname(binDirectory), "lib");
  const python = readdirSync(lib).find((name) => name.startsWith("python3."));
  return join(lib, python ?? "python3", "site-packages", "botocore", "data", "rds", "2014-10-31", "service-2.json.gz");
};

/** @throws LifeboatError `toolchain` when the file is not a service model of the query protocol. */
export const readServiceModel = (file: string): ServiceModel => {
  const { metadata, operations, shapes } = parse(file);
  const statuses = new Map(Object.values(shapes).flatMap(({ error }) => (error ? [[error.code, error.httpStatusCode] as const] : [])));
  return {
    version: metadata.apiVersion,
    namespace: metadata.xmlNamespace,
    operation: (name) => {
      const found = Object.hasOwn(operations, name) ? operations[name] : undefined;
      return found && { input: found.input?.shape, output: found.output };
    },
    shape: (name) => {
      const found = shapes[name];
      if (found === undefined) throw new Error(`the service model names the shape ${name} but does not describe it`);
      return found;
    },
    statusOf: (code) => statuses.get(code) ?? commonStatus[code] ?? 400,
  };
};

const parse = (file: string): z.infer<typeof document> => {
  try {
    const bytes = readFileSync(file);
    return document.parse(JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")));
  } catch (cause) {
    throw new LifeboatError({
      code: "toolchain",
      what: "The service model of RDS could not be read",
      received: file,
      allowed: "botocore's data/rds/2014-10-31/service-2.json.gz",
      hint: "Delete the virtual environment that the file belongs to; the next start makes it anew",
      cause,
    });
  }
};
