import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DatabaseSecret, type LiveEndpoints } from "../../recovery/catalogue/standing";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { type ChromaFactory, type ChromaWriter, chromaOverHttp } from "./chroma";
import { type DatabaseFactory, type DatabaseWriter, databaseOverTls } from "./postgres";

/** The stores behind the endpoints that are live now, as an application uses them. */
export interface Target {
  readonly live: LiveEndpoints;
  readonly chroma: ChromaWriter;
  readonly database: DatabaseWriter;
  putObject(key: string, body: Uint8Array, timeoutMs: number): Promise<void>;
  deleteObject(key: string, timeoutMs: number): Promise<void>;
  close(): void;
}

export type Connect = (live: LiveEndpoints) => Target;

export interface AwsAccess {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  /** PEM: the authority that the database's certificate must come from. */
  readonly databaseCa: string;
}

/** Connects to the region that the endpoints name. One attempt a call: a retry inside the client would hide what the writer records as a failure. */
export const connectWith =
  (
    { endpoint, credentials, databaseCa }: AwsAccess,
    chromaFactory: ChromaFactory = chromaOverHttp,
    databaseFactory: DatabaseFactory = databaseOverTls,
  ): Connect =>
  (live) => {
    const access = { endpoint, credentials, region: live.region, maxAttempts: 1 };
    const s3 = new S3Client({ ...access, forcePathStyle: true });
    const secrets = new SecretsManagerClient(access);
    const database = databaseFactory({
      endpoint: live.postgres,
      ca: databaseCa,
      secret: (timeoutMs) => readSecret(secrets, live.postgres.secretArn, timeoutMs),
    });
    const bucket = live.documentsBucket;
    return {
      live,
      chroma: chromaFactory(live.chromaUrl),
      database,
      putObject: async (key, body, timeoutMs) => {
        const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "text/markdown; charset=utf-8" });
        await s3.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      },
      deleteObject: async (key, timeoutMs) => {
        await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: AbortSignal.timeout(timeoutMs) });
      },
      close: () => {
        database.close();
        s3.destroy();
        secrets.destroy();
      },
    };
  };

const readSecret = async (secrets: SecretsManagerClient, secretArn: string, timeoutMs: number): Promise<DatabaseSecret> => {
  try {
    const command = new GetSecretValueCommand({ SecretId: secretArn });
    const { SecretString } = await secrets.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    return DatabaseSecret.parse(JSON.parse(SecretString ?? "null"));
  } catch (cause) {
    throw new LifeboatError({
      code: "store-unavailable",
      what: `The database's credentials could not be read from ${secretArn}`,
      received: messageOf(cause),
      hint: "The write is not acknowledged; the next one reads the secret again, after it has asked for the endpoints",
      cause,
    });
  }
};
