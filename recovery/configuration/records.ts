import * as z from "zod";

/** A secret as it is sealed: all that one with the same value is made again from. */
export const SecretRecord = z.object({
  kind: z.literal("secret"),
  name: z.string(),
  description: z.string().optional(),
  /** As it was configured; another region's key is not this one's. */
  kmsKeyId: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  resourcePolicy: z.string().optional(),
  /** Days or an expression, and the function, of a secret that is rotated. */
  rotation: z.object({ functionArn: z.string().optional(), schedule: z.string() }).optional(),
  /** Those with a label. Either text or bytes (base64); neither where a secret was made and never given a value. */
  versions: z.array(z.object({ id: z.string(), stages: z.array(z.string()), text: z.string().optional(), bytes: z.base64().optional() })),
});
export type SecretRecord = z.infer<typeof SecretRecord>;

/** A parameter as it is sealed, its newest version. */
export const ParameterRecord = z.object({
  kind: z.literal("parameter"),
  name: z.string(),
  type: z.enum(["String", "StringList", "SecureString"]),
  value: z.string(),
  version: z.int().positive(),
  description: z.string().optional(),
  kmsKeyId: z.string().optional(),
  tier: z.string().optional(),
  dataType: z.string().optional(),
  allowedPattern: z.string().optional(),
  tags: z.record(z.string(), z.string()),
});
export type ParameterRecord = z.infer<typeof ParameterRecord>;

/** An object of Kubernetes as it is sealed: without what its server wrote. */
export const ObjectRecord = z.object({
  kind: z.literal("object"),
  /** `apps/v1/Deployment/shop` */
  name: z.string(),
  /** Of its content: what the manifest lists. */
  version: z.string(),
  /** The object as JSON, its numbers in the digits that they had. */
  json: z.string(),
});
export type ObjectRecord = z.infer<typeof ObjectRecord>;

export const ConfigurationRecord = z.discriminatedUnion("kind", [SecretRecord, ParameterRecord, ObjectRecord]);
export type ConfigurationRecord = z.infer<typeof ConfigurationRecord>;
