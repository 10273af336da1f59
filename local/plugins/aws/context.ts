import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { LifeboatError } from "../../../recovery/errors";
import type { AwsSettings, Credentials } from "./configuration";

/** What every AWS SDK client of the plugin is made with. Names that a service does not know (path style outside S3) are ignored by its client. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: Credentials;
  readonly forcePathStyle: boolean;
  readonly maxAttempts: number;
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
}

/** Every AWS SDK v3 client class: `S3Client`, `KMSClient`, ... */
export type ClientClass<T> = new (config: ClientConfig) => T;

/** What handlers get: the plugin's configuration and one client a service and region, reused with its connections. */
export interface AwsContext {
  /** The provider's own region: where a resource goes that names none. */
  readonly region: string;
  /** Tags that every taggable resource gets, under its own (`defaultTags.tags`). */
  readonly defaultTags: { readonly [key: string]: string };
  /** The client of `type` for `region` (default: the provider's), e.g. `context.client(S3Client, regionOf(context, inputs))`. */
  client<T>(type: ClientClass<T>, region?: string): T;
  /** The account that the credentials belong to, asked once. */
  account(): Promise<string>;
}

const connectionTimeoutMilliseconds = 5_000;
const requestTimeoutMilliseconds = 60_000;

export class AwsClients implements AwsContext {
  readonly region: string;
  readonly defaultTags: { readonly [key: string]: string };
  private readonly cache = new Map<string, unknown>();
  private accountId: Promise<string> | undefined;

  constructor(private readonly settings: AwsSettings) {
    if (settings.region === undefined) {
      throw new LifeboatError({
        code: "configuration",
        what: "The aws provider has no region",
        hint: "Set `aws:region` in the stack's configuration, `region` of the aws.Provider, or AWS_REGION",
      });
    }
    this.region = settings.region;
    this.defaultTags = settings.defaultTags;
  }

  client<T>(type: ClientClass<T>, region: string = this.region): T {
    const key = `${type.name}/${region}`;
    const cached = this.cache.get(key);
    if (cached instanceof type) return cached;
    const client = new type({
      region,
      endpoint: this.settings.endpointOf(type.name),
      credentials: this.settings.credentials,
      forcePathStyle: this.settings.s3UsePathStyle,
      maxAttempts: this.settings.maxAttempts,
      requestHandler: { connectionTimeout: connectionTimeoutMilliseconds, requestTimeout: requestTimeoutMilliseconds },
    });
    this.cache.set(key, client);
    return client;
  }

  account(): Promise<string> {
    this.accountId ??= this.client(STSClient)
      .send(new GetCallerIdentityCommand({}))
      .then((identity) => {
        if (identity.Account !== undefined) return identity.Account;
        throw new LifeboatError({ code: "internal", what: "STS named no account", hint: "Check the provider's credentials and endpoints" });
      });
    return this.accountId;
  }
}
