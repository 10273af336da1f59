import type { FunctionName } from "../../recovery/names";
import type { Statement } from "../iam/policy";
import type { SealedSecretsUse } from "./sealedSecrets";

/** A function as a table row: where it lives, what it may do, how long and how large. */
export interface FunctionDefinition {
  readonly name: FunctionName;
  readonly description: string;
  readonly home: "primary" | "recovery";
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** It speaks to Chroma or PostgreSQL, so it runs in the cluster's network and reaches S3 and secrets through endpoints there; it can reach nothing else. */
  readonly inClusterNetwork: boolean;
  /** It is told the URL of the protected Chroma server, as CHROMA_URL. */
  readonly speaksToPrimaryChroma?: boolean;
  /** It checks the catalogue's codes, or makes them too, under the key that it is told as CATALOGUE_KEY. */
  readonly catalogue?: "reads" | "writes";
  /** It uses the key of exported secrets; who seals is told it, as SEALED_SECRETS_KEY. */
  readonly sealedSecrets?: SealedSecretsUse;
  readonly environment: Readonly<Record<string, string>>;
  /** What it is told that grows with what the owner lists, as JSON: a file beside its code, named to it as SETTINGS_FILE. */
  readonly settings?: object;
  readonly statements: readonly Statement[];
}

export const MINUTE = 60;
export const SETTINGS_FILE = "settings.json";

/**
 * Amazon's certificate authorities, RDS's among them, where Lambda's runtimes keep them since Node.js 20: Node itself reads the file when a function
 * starts. https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html (CA certificate loading)
 */
export const AMAZON_AUTHORITIES = { NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" } as const;
