import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { z } from "zod";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationRule.html */
const status = z.enum(["Enabled", "Disabled"]);
const tag = z.strictObject({ Key: z.string(), Value: z.string() });
const toggled = z.strictObject({ Status: status });
const minutes = z.strictObject({ Minutes: z.coerce.number().int() });
/** An empty element arrives as an empty string. */
const orEmpty = <T extends z.ZodType>(shape: T) => z.preprocess((value) => (value === "" ? {} : value), shape);

const filter = orEmpty(
  z.strictObject({
    Prefix: z.string().optional(),
    Tag: tag.optional(),
    And: z.strictObject({ Prefix: z.string().optional(), Tag: z.array(tag).optional() }).optional(),
  }),
);

const destination = z.strictObject({
  Bucket: z.string().regex(/^arn:aws:s3:::[a-z0-9][a-z0-9.-]+$/),
  Account: z.string().optional(),
  StorageClass: z.string().optional(),
  AccessControlTranslation: z.strictObject({ Owner: z.literal("Destination") }).optional(),
  EncryptionConfiguration: orEmpty(z.strictObject({ ReplicaKmsKeyID: z.string().optional() })).optional(),
  ReplicationTime: z.strictObject({ Status: status, Time: minutes }).optional(),
  Metrics: z.strictObject({ Status: status, EventThreshold: minutes.optional() }).optional(),
});

const rule = z.strictObject({
  ID: z.string().max(255).optional(),
  Priority: z.coerce.number().int().min(0).optional(),
  Prefix: z.string().optional(),
  Filter: filter.optional(),
  Status: status,
  SourceSelectionCriteria: orEmpty(
    z.strictObject({ SseKmsEncryptedObjects: toggled.optional(), ReplicaModifications: toggled.optional() }),
  ).optional(),
  ExistingObjectReplication: toggled.optional(),
  Destination: destination,
  DeleteMarkerReplication: toggled.optional(),
});

const configuration = z.strictObject({ Role: z.string(), Rule: z.array(rule).min(1).max(1000) });
const document = z.object({ ReplicationConfiguration: configuration });

export type ReplicationRule = z.infer<typeof rule>;
export type ReplicationConfiguration = z.infer<typeof configuration>;

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: true,
  isArray: (_name, path) => path === "ReplicationConfiguration.Rule" || String(path).endsWith(".And.Tag"),
});

/** Reads a PutBucketReplication body. A property that is not known is refused by name, so that nothing is kept that is not carried out. */
export const parseConfiguration = (xml: string): { ok: true; value: ReplicationConfiguration } | { ok: false; message: string } => {
  let parsed: unknown;
  try {
    parsed = parser.parse(xml, true);
  } catch {
    return { ok: false, message: "The XML you provided was not well-formed" };
  }
  const checked = document.safeParse(parsed);
  if (!checked.success) return { ok: false, message: z.prettifyError(checked.error).replaceAll("\n", " ") };
  const rules = checked.data.ReplicationConfiguration.Rule.map((each, index) => ({ ...each, ID: each.ID ?? `rule-${index + 1}` }));
  return { ok: true, value: { ...checked.data.ReplicationConfiguration, Rule: rules } };
};

const builder = new XMLBuilder({ ignoreAttributes: false });

export const renderConfiguration = (value: ReplicationConfiguration): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({
    ReplicationConfiguration: { "@_xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", ...value },
  })}`;

export const bucketOfArn = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);
