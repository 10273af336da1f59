import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import type { DocumentVersion } from "./as-of";

/** Copies one version under its own key into the target bucket. */
export type CopyDocument = (document: DocumentVersion) => Promise<void>;

const GIB = 1024 ** 3;
/** CopyObject takes 5 GiB at most. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const COPY_LIMITS = { singleBytes: 5 * GIB, partBytes: GIB } as const;

export const s3Copy =
  (
    client: S3Client,
    sourceBucket: string,
    targetBucket: string,
    limits: { singleBytes: number; partBytes: number } = COPY_LIMITS,
  ): CopyDocument =>
  async (document) => {
    const source = copySource(sourceBucket, document);
    if (document.sizeBytes > limits.singleBytes)
      await copyInParts(client, { sourceBucket, targetBucket, source, partBytes: limits.partBytes }, document);
    else await client.send(new CopyObjectCommand({ Bucket: targetBucket, Key: document.key, CopySource: source }));
  };

const copySource = (bucket: string, { key, versionId }: DocumentVersion): string =>
  `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}?versionId=${encodeURIComponent(versionId)}`;

interface PartsPlan {
  readonly sourceBucket: string;
  readonly targetBucket: string;
  readonly source: string;
  readonly partBytes: number;
}

// A multipart copy carries no metadata by itself, and shows nothing under the key until it is completed.
const copyInParts = async (client: S3Client, plan: PartsPlan, { key, versionId, sizeBytes }: DocumentVersion): Promise<void> => {
  const facts = await client.send(new HeadObjectCommand({ Bucket: plan.sourceBucket, Key: key, VersionId: versionId }));
  const { ContentType, ContentEncoding, ContentDisposition, ContentLanguage, CacheControl, Metadata } = facts;
  const target = { Bucket: plan.targetBucket, Key: key };
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      ...target,
      ContentType,
      ContentEncoding,
      ContentDisposition,
      ContentLanguage,
      CacheControl,
      Metadata,
    }),
  );
  try {
    const Parts: { PartNumber: number; ETag?: string }[] = [];
    for (let start = 0; start < sizeBytes; start += plan.partBytes) {
      const PartNumber = Parts.length + 1;
      const CopySourceRange = `bytes=${start}-${Math.min(start + plan.partBytes, sizeBytes) - 1}`;
      const part = await client.send(
        new UploadPartCopyCommand({ ...target, UploadId, PartNumber, CopySource: plan.source, CopySourceRange }),
      );
      Parts.push({ PartNumber, ETag: part.CopyPartResult?.ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
    throw error;
  }
};
