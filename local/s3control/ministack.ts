import { GetRoleCommand, IAMClient, NoSuchEntityException } from "@aws-sdk/client-iam";
import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { z } from "zod";
import { simulated } from "./permissions";
import type { Surroundings, Version } from "./surroundings";

export interface MinistackOptions {
  readonly ministackUrl: string;
  /** Root's: AWS acts under the job's role, of which only is asked whether Batch Operations may take it on, replicate and report. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly homeOf: Surroundings["homeOf"];
}

/** Batch Operations assumes a job's role by this name. https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-iam-role-policies.html */
const BATCH_OPERATIONS = "batchoperations.s3.amazonaws.com";

const list = <T extends z.ZodType>(item: T) => z.union([item.transform((one) => [one]), z.array(item)]);
const Trust = z.object({
  Statement: z.array(
    z.object({
      Effect: z.string(),
      Action: list(z.string()),
      Principal: z.object({ Service: list(z.string()).optional() }).optional(),
    }),
  ),
});

const trusts = (document: string): boolean =>
  Trust.parse(JSON.parse(decodeURIComponent(document))).Statement.some(
    ({ Effect, Action, Principal }) =>
      Effect === "Allow" && Action.includes("sts:AssumeRole") && Principal?.Service?.includes(BATCH_OPERATIONS) === true,
  );

/** What batch jobs find in MiniStack: buckets, roles and the account. */
export const createMinistackSurroundings = ({ ministackUrl: endpoint, credentials, homeOf }: MinistackOptions) => {
  const iam = new IAMClient({ endpoint, region: "us-east-1", credentials });
  const sts = new STSClient({ endpoint, region: "us-east-1", credentials });
  const s3 = (region: string): S3Client => new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  let account: Promise<string> | undefined;

  const roleProblem = async (roleArn: string): Promise<string | undefined> => {
    try {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: roleArn.slice(roleArn.lastIndexOf("/") + 1) }));
      if (Role?.Arn !== roleArn) return `The role ${roleArn} does not exist`;
      return trusts(Role.AssumeRolePolicyDocument ?? "{}") ? undefined : `The role ${roleArn} does not trust ${BATCH_OPERATIONS}`;
    } catch (thrown) {
      if (thrown instanceof NoSuchEntityException) return `The role ${roleArn} does not exist`;
      throw thrown;
    }
  };

  async function* versions(bucket: string, region: string): AsyncIterable<Version> {
    const client = s3(region);
    let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (marker !== undefined) {
      const page: ListObjectVersionsCommandOutput = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, ...marker }));
      yield* inOrder(page);
      marker = page.IsTruncated === true ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
    }
    client.destroy();
  }

  return {
    homeOf,
    roleProblem,
    roleMay: simulated(iam),
    versions,
    put: async (bucket: string, key: string, body: string): Promise<void> => {
      const client = s3((await homeOf(bucket)) ?? "us-east-1");
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
      client.destroy();
    },
    account: (): Promise<string> => {
      account ??= sts.send(new GetCallerIdentityCommand({})).then(({ Account }) => Account ?? "");
      return account;
    },
    close: (): void => {
      iam.destroy();
      sts.destroy();
    },
  };
};

/** Versions and markers come in two lists, each in order of keys and the newest first. */
const inOrder = ({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput): readonly Version[] => {
  const listed = (isDeleteMarker: boolean) => (entry: { Key?: string; VersionId?: string; LastModified?: Date; IsLatest?: boolean }) => ({
    key: entry.Key ?? "",
    versionId: entry.VersionId ?? "null",
    lastModified: entry.LastModified ?? new Date(0),
    isLatest: entry.IsLatest === true,
    isDeleteMarker,
  });
  return [...Versions.map(listed(false)), ...DeleteMarkers.map(listed(true))].sort(
    (a, b) =>
      Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) ||
      Number(b.isLatest) - Number(a.isLatest) ||
      b.lastModified.getTime() - a.lastModified.getTime(),
  );
};
