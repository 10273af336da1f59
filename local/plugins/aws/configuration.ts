import { LifeboatError } from "../../../recovery/errors";
import type { Properties, Value } from "../protocol/resource";
import { flag, isList, isRecord, number, record, text, textMap } from "../protocol/values";

/** Static credentials; absent: the SDK's own chain (environment, profile, role). */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The provider's configuration, read once. */
export interface AwsSettings {
  readonly region: string | undefined;
  readonly credentials: Credentials | undefined;
  readonly defaultTags: { readonly [key: string]: string };
  readonly maxAttempts: number;
  readonly s3UsePathStyle: boolean;
  /** The endpoint of the service that a client class (`S3Client`) speaks to; undefined: the SDK's own. */
  endpointOf(clientName: string): string | undefined;
}

export type Environment = { readonly [name: string]: string | undefined };

/** Checks that the official plugin makes and this one never does; named, so that a program may set them. */
const withoutEffect = ["skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId"];
const known = new Set([
  ...["region", "accessKey", "secretKey", "token", "endpoints", "defaultTags", "maxRetries", "s3UsePathStyle"],
  ...withoutEffect,
]);
/** The engine's own. */
const ofEngine = new Set(["version", "pluginDownloadURL"]);

/** The configuration's name of a service (`endpoints`, AWS_ENDPOINT_URL_...) where it is not the client's. https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html */
const services: { readonly [client: string]: { readonly keys: readonly string[]; readonly variable: string } } = {
  CloudWatchLogsClient: { keys: ["logs", "cloudwatchlogs", "cloudwatchlog"], variable: "CLOUDWATCH_LOGS" },
  EventBridgeClient: { keys: ["eventbridge", "events", "cloudwatchevents"], variable: "EVENTBRIDGE" },
  SecretsManagerClient: { keys: ["secretsmanager"], variable: "SECRETS_MANAGER" },
  SFNClient: { keys: ["sfn", "stepfunctions"], variable: "SFN" },
};

const serviceOf = (clientName: string) => {
  const name = clientName.replace(/Client$/, "");
  return services[clientName] ?? { keys: [name.toLowerCase()], variable: name.toUpperCase() };
};

/** Structured configuration reaches a plugin as JSON text. */
const parsed = (config: Properties): Properties => {
  const result: Record<string, Value> = {};
  for (const [name, value] of Object.entries(config)) {
    const structured = name === "endpoints" || name === "defaultTags";
    const json: Value = structured && typeof value === "string" ? JSON.parse(value) : value;
    if (json !== null && json !== "") result[name] = json;
  }
  return result;
};

/** Names in `config` that the plugin does not implement; each is refused, because ignoring one (assumeRoles) would act as somebody else. */
export const unknownSettings = (config: Properties): readonly string[] =>
  Object.keys(config).filter((name) => !known.has(name) && !ofEngine.has(name) && !name.startsWith("__"));

function credentialsOf(config: Properties): Credentials | undefined {
  const accessKeyId = text(config, "accessKey");
  const secretAccessKey = text(config, "secretKey");
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new LifeboatError({
      code: "configuration",
      what: "The aws provider has only one of accessKey and secretKey",
      hint: "Give both, or neither to use the environment's credentials",
    });
  }
  return { accessKeyId, secretAccessKey, sessionToken: text(config, "token") };
}

function endpointsOf(config: Properties): { readonly [service: string]: string } {
  const result: Record<string, string> = {};
  const endpoints = config.endpoints;
  for (const block of isList(endpoints) ? endpoints : [endpoints]) {
    if (!isRecord(block)) continue;
    for (const [service, url] of Object.entries(block)) if (typeof url === "string" && url !== "") result[service] = url;
  }
  return result;
}

export function settingsOf(given: Properties, environment: Environment): AwsSettings {
  const unknown = unknownSettings(given);
  if (unknown.length > 0) {
    throw new LifeboatError({
      code: "unsupported",
      what: "The embedded aws plugin does not know these provider settings",
      received: unknown.join(", "),
      allowed: [...known].join(", "),
      hint: "Add the setting in local/plugins/aws/configuration.ts, or use the official plugin",
    });
  }
  const config = parsed(given);
  const endpoints = endpointsOf(config);
  return {
    region: text(config, "region") ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION,
    credentials: credentialsOf(config),
    defaultTags: textMap(record(config, "defaultTags") ?? {}, "tags") ?? {},
    // Bounded: a lost region must fail within seconds, not after the official plugin's 25 attempts.
    maxAttempts: (number(config, "maxRetries") ?? 2) + 1,
    s3UsePathStyle: flag(config, "s3UsePathStyle") ?? true,
    endpointOf(clientName) {
      const { keys, variable } = serviceOf(clientName);
      const configured = keys.map((key) => endpoints[key]).find((url) => url !== undefined);
      return configured ?? environment[`AWS_ENDPOINT_URL_${variable}`] ?? environment.AWS_ENDPOINT_URL;
    },
  };
}
