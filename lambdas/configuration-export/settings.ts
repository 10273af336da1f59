import * as z from "zod";
import { Required, WholeNumber } from "../shared/environment";
import { jsonOf } from "../shared/json";

/** Which secrets are exported: those whose names begin with one of the prefixes, and those that have one of the tags. */
export const SecretSelection = z.object({ prefixes: z.array(z.string().min(1)), tags: z.record(z.string(), z.string()) });
export type SecretSelection = z.infer<typeof SecretSelection>;

const StateBucket = z.object({ stack: z.string(), bucket: z.string(), region: z.string() });

/** The namespaces of a cluster in EKS, and the function that reads them in its network. */
const KubernetesSettings = z.object({ cluster: z.string(), namespaces: z.array(z.string().min(1)).min(1), reader: z.string() });

export const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  STAGING_BUCKET: Required,
  RECOVERY_REGION: Required,
  /** In the recovery region: its catalogue says what arrived and was read back. */
  VAULT_BUCKET: Required,
  /** ARN of the key of the recovery region that data keys are made under. */
  SEALED_SECRETS_KEY: Required,
  SECRETS: jsonOf(SecretSelection),
  PARAMETER_PREFIXES: jsonOf(z.array(z.string().min(1))),
  STATE_BUCKETS: jsonOf(z.array(StateBucket)),
  /** `null` where no object of Kubernetes is exported. */
  KUBERNETES: jsonOf(KubernetesSettings.nullable()),
  REFRESH_SECONDS: WholeNumber.pipe(z.number().positive()),
  REFRESH_UNPROVEN_SECONDS: WholeNumber.pipe(z.number().positive()),
};
