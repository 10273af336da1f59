import { z } from "zod";
import { PostgresValues } from "./postgres";
import { Text } from "./values";

const JsonObject = z.looseObject({ properties: z.record(z.string(), z.unknown()).default({}) });

const jsonOf = (schema: z.ZodType) => JsonObject.parse(z.toJSONSchema(schema, { io: "input" }));

/**
 * A store that Lifeboat makes, or, with `existing` in it, one that is there. Only the failures of the one that is meant are reported: a union would
 * say of either that it fits neither. The reference lists the values of both.
 */
export const createOrExisting = <Create extends z.ZodObject, Existing extends z.ZodObject>(create: Create, existing: Existing) => {
  const made = jsonOf(create);
  return z
    .unknown()
    .transform((value, context): z.output<Create> | z.output<Existing> => {
      const parsed = isExisting(value) ? existing.safeParse(value) : create.safeParse(value);
      if (parsed.success) return parsed.data;
      for (const { message, path } of parsed.error.issues) context.addIssue({ code: "custom", message, path: [...path] });
      return z.NEVER;
    })
    .meta({ ...made, $schema: undefined, properties: { ...made.properties, ...jsonOf(existing).properties } });
};

const isExisting = (value: unknown): boolean => typeof value === "object" && value !== null && "existing" in value;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket");
const KeyArn = z.string().regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/, "the ARN of a key, not of its alias");
const RoleArn = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, "the ARN of a role");

/** A documents bucket that exists: `objects.existing`. */
export const ExistingBucket = z.strictObject({
  bucket: BucketName.describe("Bucket with the documents, in the primary region; without `existing` Lifeboat makes one"),
  keyArn: KeyArn.optional().describe(
    "The bucket's own KMS key, if it has one: replication has to decrypt with it, and the canary to encrypt",
  ),
  replicationRoleArn: RoleArn.optional().describe(
    "The role that the bucket replicates under already, if it does: S3 has one for all rules of a bucket. You let it do what docs/existing-systems.md lists",
  ),
  enableVersioning: z
    .boolean()
    .default(false)
    .describe("Whether Lifeboat may switch versioning on, without which S3 does not replicate; it is never taken back"),
});
export type ExistingBucket = z.infer<typeof ExistingBucket>;

/** A database that exists: what it is set to is its own, what is recovered is configured here. */
export const ExistingPostgresValues = PostgresValues.pick({
  tier: true,
  alarmAt: true,
  replica: true,
  recoveryRetentionDays: true,
  parameters: true,
  dump: true,
}).extend({
  existing: z.strictObject({
    instanceArn: Text.describe("ARN of the database instance, in the primary region; without `existing` Lifeboat makes one"),
    secretArn: Text.describe("ARN of the secret that applications read to connect to it"),
    database: Text.optional().describe("Database that is meant; the one that RDS made with the instance when not given"),
  }),
});
export type ExistingPostgresValues = z.infer<typeof ExistingPostgresValues>;

const hasNothingButPlace = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { pathname, search, username, password } = new URL(text);
  return pathname === "/" && search === "" && username === "" && password === "";
};

/** A Chroma server that exists: `chroma.server.existing`. */
export const ExistingChromaValues = z.strictObject({
  existing: z.strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .refine(hasNothingButPlace, { error: "a URL of scheme, host and port: no path, and no credentials" })
      .describe("URL of the Chroma server, in the primary region; without `existing` Lifeboat makes one"),
    securityGroupId: Text.optional().describe(
      "The server's security group, where it is not in the cluster's VPC's address range: the functions are let out to it. You let their group in",
    ),
  }),
});
export type ExistingChromaValues = z.infer<typeof ExistingChromaValues>;
