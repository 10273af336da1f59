import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { LiveEndpoints } from "../../recovery/catalogue/standing";
import { type ChromaFactory, type ChromaWriter, chromaOverHttp } from "./chroma";

/** The stores behind the endpoints that are live now, as an application uses them. */
export interface Target {
  readonly live: LiveEndpoints;
  readonly chroma: ChromaWriter;
  putObject(key: string, body: Uint8Array, timeoutMs: number): Promise<void>;
  deleteObject(key: string, timeoutMs: number): Promise<void>;
  close(): void;
}

export type Connect = (live: LiveEndpoints) => Target;

export interface AwsAccess {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

/** Connects to the region that the endpoints name. One attempt a call: a retry inside the client would hide what the writer records as a failure. */
export const connectWith =
  ({ endpoint, credentials }: AwsAccess, chromaFactory: ChromaFactory = chromaOverHttp): Connect =>
  (live) => {
    const s3 = new S3Client({ endpoint, credentials, region: live.region, forcePathStyle: true, maxAttempts: 1 });
    const bucket = live.documentsBucket;
    return {
      live,
      chroma: chromaFactory(live.chromaUrl),
      putObject: async (key, body, timeoutMs) => {
        const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "text/markdown; charset=utf-8" });
        await s3.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      },
      deleteObject: async (key, timeoutMs) => {
        await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: AbortSignal.timeout(timeoutMs) });
      },
      close: () => s3.destroy(),
    };
  };
