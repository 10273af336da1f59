import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { chooseRule, type Target } from "./rules";

/** An object version at its source, and the bucket it goes to. */
export interface Copy {
  readonly sourceBucket: string;
  readonly sourceRegion: string;
  readonly key: string;
  readonly versionId?: string;
  readonly target: Target;
  readonly targetRegion: string;
}

/** `unmatched`: no rule takes an object with these tags and this encryption. */
export type Copied =
  | { readonly done: "copied"; readonly versionId?: string; readonly sizeBytes: number; readonly withoutTags: boolean }
  | { readonly done: "unmatched" };

export interface Copier {
  object(copy: Copy): Promise<Copied>;
  deleteMarker(copy: Copy): Promise<void>;
  tags(copy: Copy, replicaVersionId: string | undefined): Promise<void>;
  close(): void;
}

export interface CopierOptions {
  readonly ministackUrl: string;
  /** Root's: AWS replicates under the configuration's role, whose policy is not consulted here. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Up to here an object is held in memory; a larger one is read twice, so that memory does not grow with it. */
const inMemoryBytes = 8 * 1024 * 1024;

export const createCopier = (options: CopierOptions): Copier => {
  const clients = new Map<string, S3Client>();
  const s3 = (region: string): S3Client => {
    const client =
      clients.get(region) ??
      new S3Client({
        endpoint: options.ministackUrl,
        region,
        credentials: options.credentials,
        forcePathStyle: true,
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
        maxAttempts: 1,
      });
    clients.set(region, client);
    return client;
  };

  const read = (copy: Copy): Promise<GetObjectCommandOutput> =>
    s3(copy.sourceRegion).send(new GetObjectCommand({ Bucket: copy.sourceBucket, Key: copy.key, VersionId: copy.versionId }));

  const tagsOf = async (copy: Copy): Promise<Record<string, string>> => {
    const { TagSet } = await s3(copy.sourceRegion).send(
      new GetObjectTaggingCommand({ Bucket: copy.sourceBucket, Key: copy.key, VersionId: copy.versionId }),
    );
    return Object.fromEntries((TagSet ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
  };

  /** MiniStack 1.5.33 cannot read a version's tags once its key has a delete marker; AWS can. */
  const tagsUnlessMarked = async (copy: Copy): Promise<Record<string, string> | undefined> => {
    try {
      return await tagsOf(copy);
    } catch (thrown) {
      if (thrown instanceof Error && thrown.name === "NoSuchKey") return undefined;
      throw thrown;
    }
  };

  return {
    object: async (copy) => {
      const source = await read(copy);
      const known = (source.TagCount ?? 0) > 0 ? await tagsUnlessMarked(copy) : {};
      const tags = known ?? {};
      const rule = chooseRule(copy.target, { tags, encryptedWithKms: source.ServerSideEncryption === "aws:kms" });
      if (rule === undefined) {
        bodyOf(source).destroy();
        return { done: "unmatched" };
      }
      const content = await contentOf(source, () => read(copy));
      const replicaKey = rule.Destination.EncryptionConfiguration?.ReplicaKmsKeyID;
      const { VersionId } = await s3(copy.targetRegion).send(
        new PutObjectCommand({
          Bucket: copy.target.bucket,
          Key: copy.key,
          Body: content.body,
          ContentLength: content.sizeBytes,
          ChecksumSHA256: content.sha256,
          ContentType: source.ContentType,
          CacheControl: source.CacheControl,
          ContentDisposition: source.ContentDisposition,
          ContentEncoding: source.ContentEncoding,
          ContentLanguage: source.ContentLanguage,
          Metadata: source.Metadata,
          Tagging: Object.keys(tags).length === 0 ? undefined : new URLSearchParams(tags).toString(),
          StorageClass: storageClassOf(rule.Destination.StorageClass) ?? source.StorageClass,
          ...(replicaKey === undefined ? {} : { ServerSideEncryption: "aws:kms", SSEKMSKeyId: replicaKey }),
          // A lock of the source's own goes along; without one the destination's default applies, as on AWS:
          // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-replication
          ObjectLockMode: source.ObjectLockMode,
          ObjectLockRetainUntilDate: source.ObjectLockRetainUntilDate,
          ObjectLockLegalHoldStatus: source.ObjectLockLegalHoldStatus === "ON" ? "ON" : undefined,
        }),
      );
      return { done: "copied", versionId: VersionId, sizeBytes: content.sizeBytes, withoutTags: known === undefined };
    },
    deleteMarker: async ({ target, targetRegion, key }) => {
      await s3(targetRegion).send(new DeleteObjectCommand({ Bucket: target.bucket, Key: key }));
    },
    tags: async (copy, replicaVersionId) => {
      const tags = await tagsOf(copy);
      const at = { Bucket: copy.target.bucket, Key: copy.key, VersionId: replicaVersionId };
      const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      if (TagSet.length === 0) await s3(copy.targetRegion).send(new DeleteObjectTaggingCommand(at));
      else await s3(copy.targetRegion).send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet } }));
    },
    close: () => {
      for (const client of clients.values()) client.destroy();
    },
  };
};

const storageClassOf = (name: string | undefined): GetObjectCommandOutput["StorageClass"] =>
  name === "STANDARD_IA" || name === "ONEZONE_IA" || name === "INTELLIGENT_TIERING" || name === "GLACIER_IR" ? name : undefined;

interface Content {
  readonly body: Buffer | Readable;
  readonly sizeBytes: number;
  /** Base64, as S3 takes it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
  readonly sha256: string;
}

const bodyOf = (source: GetObjectCommandOutput): Readable => {
  if (source.Body instanceof Readable) return source.Body;
  return Readable.from([]);
};

const contentOf = async (source: GetObjectCommandOutput, readAgain: () => Promise<GetObjectCommandOutput>): Promise<Content> => {
  const hash = createHash("sha256");
  const chunks: Buffer[] = [];
  const large = (source.ContentLength ?? 0) > inMemoryBytes;
  let sizeBytes = 0;
  for await (const chunk of bodyOf(source)) {
    const bytes: Buffer = chunk;
    hash.update(bytes);
    sizeBytes += bytes.length;
    if (!large) chunks.push(bytes);
  }
  const sha256 = hash.digest("base64");
  return large ? { body: bodyOf(await readAgain()), sizeBytes, sha256 } : { body: Buffer.concat(chunks), sizeBytes, sha256 };
};
