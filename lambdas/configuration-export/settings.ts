import * as z from "zod";
import { Required, WholeNumber } from "../shared/environment";
import { jsonOf } from "../shared/json";

/** Which secrets are exported: those whose names begin with one of the prefixes, and those that have one of the tags. */
export const SecretSelection = z.object({ prefixes: z.array(z.string().min(1)), tags: z.record(z.string(), z.string()) });
export type SecretSelection = z.infer<typeof SecretSelection>;

const StateBucket = z.object({ stack: z.string(), bucket: z.string(), region: z.string() });

export const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  STAGING_BUCKET: Required,
  RECOVERY_REGION: Required,
  /** ARN of the key of the recovery region that data keys are made under. */
  SEALED_SECRETS_KEY: Required,
  SECRETS: jsonOf(SecretSelection),
  PARAMETER_PREFIXES: jsonOf(z.array(z.string().min(1))),
  STATE_BUCKETS: jsonOf(z.array(StateBucket)),
  REFRESH_SECONDS: WholeNumber.pipe(z.number().positive()),
};
