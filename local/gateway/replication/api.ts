import { createHash } from "node:crypto";
import { GetBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { s3Error, s3ErrorCode, xmlAnswer } from "../s3-answers";
import type { Answer, Message, Upstream } from "../upstream";
import { bucketOfArn, parseConfiguration, type ReplicationConfiguration, renderConfiguration } from "./configuration";

export interface ReplicationApiOptions {
  readonly upstream: Upstream;
  readonly ministackUrl: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly homeOf: (bucket: string) => Promise<string | undefined>;
}

export interface ReplicationApi {
  /** Put-, Get- and DeleteBucketReplication. MiniStack never learns of a configuration: it would carry it out itself, and otherwise. */
  handle(message: Message, bucket: string, body: Buffer, signal: AbortSignal): Promise<Answer>;
  configurationOf(bucket: string): ReplicationConfiguration | undefined;
  forget(bucket: string): void;
}

/** Codes with which MiniStack complains about a blank body after it has accepted signature and policy. */
const complaintsAboutTheBody = new Set(["MalformedXML", "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch"]);

export const createReplicationApi = (options: ReplicationApiOptions): ReplicationApi => {
  const configurations = new Map<string, ReplicationConfiguration>();

  const isVersioned = async (bucket: string): Promise<boolean> => {
    const region = await options.homeOf(bucket);
    if (region === undefined) return false;
    const s3 = new S3Client({ endpoint: options.ministackUrl, region, credentials: options.credentials, forcePathStyle: true });
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    s3.destroy();
    return Status === "Enabled";
  };

  /**
   * Asks MiniStack to verify the caller's own signature and policy (s3:PutReplicationConfiguration) by sending the call with
   * blanks for its body, as long as the body is (the length is signed): what passes both fails as malformed and changes nothing. That the body is the signed one is checked here, by its signed digest. The limit: `iam:PassRole`
   * on the replication role, which AWS also asks for, is not checked.
   */
  const authorisePut = async (message: Message, bucket: string, body: Buffer, signal: AbortSignal): Promise<Answer | undefined> => {
    const answer = await options.upstream.exchange(message, Buffer.alloc(body.length, " "), signal);
    if (answer.status !== 400 || !complaintsAboutTheBody.has(s3ErrorCode(answer.body) ?? "")) return answer;
    const declared = headerOf(message, "x-amz-content-sha256");
    const actual = createHash("sha256").update(body).digest("hex");
    if (declared === undefined || declared === "UNSIGNED-PAYLOAD" || declared === actual) return undefined;
    return s3Error(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      `/${bucket}`,
    );
  };

  const put = async (message: Message, bucket: string, body: Buffer, signal: AbortSignal): Promise<Answer> => {
    const refusal = await authorisePut(message, bucket, body, signal);
    if (refusal !== undefined) return refusal;
    const parsed = parseConfiguration(body.toString("utf8"));
    if (!parsed.ok) return s3Error(400, "MalformedXML", parsed.message, `/${bucket}`);
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html: both ends must be versioned.
    if (!(await isVersioned(bucket))) {
      const message = "Versioning must be 'Enabled' on the bucket to apply a replication configuration";
      return s3Error(400, "InvalidRequest", message, `/${bucket}`);
    }
    for (const destination of new Set(parsed.value.Rule.map((rule) => bucketOfArn(rule.Destination.Bucket)))) {
      if (destination === bucket) return s3Error(400, "InvalidRequest", "Destination bucket cannot be the source bucket.", `/${bucket}`);
      if ((await options.homeOf(destination)) === undefined) {
        return s3Error(400, "InvalidRequest", `Destination bucket ${destination} must exist.`, `/${bucket}`);
      }
      if (!(await isVersioned(destination))) {
        return s3Error(400, "InvalidRequest", "Destination bucket must have versioning enabled.", `/${bucket}`);
      }
    }
    configurations.set(bucket, parsed.value);
    return xmlAnswer(200, "");
  };

  return {
    handle: async (message, bucket, body, signal) => {
      if (message.method === "PUT") return put(message, bucket, body, signal);
      // MiniStack knows no configuration, so reading and deleting one there is harmless, and authorises the caller on the unchanged call.
      const answer = await options.upstream.exchange(message, body, signal);
      if (message.method === "GET") {
        const configuration = configurations.get(bucket);
        const authorised = answer.status === 404 && s3ErrorCode(answer.body) === "ReplicationConfigurationNotFoundError";
        return authorised && configuration !== undefined ? xmlAnswer(200, renderConfiguration(configuration)) : answer;
      }
      if (answer.status === 204) configurations.delete(bucket);
      return answer;
    },
    configurationOf: (bucket) => configurations.get(bucket),
    forget: (bucket) => void configurations.delete(bucket),
  };
};

const headerOf = (message: Message, name: string): string | undefined => {
  const index = message.rawHeaders.findIndex((each, at) => at % 2 === 0 && each.toLowerCase() === name);
  return index < 0 ? undefined : message.rawHeaders[index + 1];
};
