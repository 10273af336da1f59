import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateDBInstanceCommand,
  CreateDBSubnetGroupCommand,
  DescribeDBInstancesCommand,
  RDSClient,
  waitUntilDBInstanceAvailable,
} from "@aws-sdk/client-rds";
import {
  CreateBucketCommand,
  GetBucketReplicationCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { z } from "zod";
import { rootCredentials } from "../../local/emulator";
import type { LocalStack } from "../../local/stacks";
import { ALARM_AT, prodProfile, REGIONS, SYSTEM } from "../../ops/drill/profile";
import { messageOf } from "../../recovery/errors";
import { databaseNames } from "../../recovery/names";
import { startTestChroma, type TestChroma } from "../support/chroma-server";
import { startTestBed, type TestBed } from "./support/embedded";

const BUCKET = "company-documents";
const DOCUMENTS = 20;
const OPERATION_MS = 300_000;
const NO_CHANGES = { create: 0, update: 0, delete: 0, replace: 0 };

// One story, in this order. What a company has was made by somebody else, before Lifeboat came.
describe("existing stores on the embedded AWS", () => {
  let bed: TestBed;
  let chroma: TestChroma;
  let prod: LocalStack;
  let theirs: {
    readonly s3: S3Client;
    readonly rds: RDSClient;
    readonly instanceArn: string;
    readonly plainArn: string;
    readonly secretArn: string;
  };

  beforeAll(async () => {
    [bed, chroma] = await Promise.all([startTestBed(), startTestChroma()]);
    const access = { endpoint: bed.aws.gateway.url, region: REGIONS.primary, credentials: rootCredentials };
    const s3 = new S3Client({ ...access, forcePathStyle: true });
    const rds = new RDSClient(access);
    await fillBucket(s3);
    theirs = { s3, rds, ...(await makeDatabases(bed, access, rds)) };
  }, OPERATION_MS);

  afterAll(async () => {
    for (const client of [theirs?.s3, theirs?.rds]) client?.destroy();
    await chroma?.stop();
    await bed?.stop();
  });

  const stackWith = (instanceArn: string): Promise<LocalStack> => {
    const profile = prodProfile(bed.aws);
    const objects = z.record(z.string(), z.string()).parse(profile["lifeboat:objects"]);
    const { tier, schedule, maxDuration, alarmAt } = z.record(z.string(), z.unknown()).parse(profile["lifeboat:chroma"]);
    const text = z.string();
    const overlay = {
      ...profile,
      "lifeboat:objects": { ...objects, existing: { bucket: BUCKET } },
      "lifeboat:chroma": {
        ...{ tier: text.parse(tier), schedule: text.parse(schedule), maxDuration: text.parse(maxDuration), alarmAt: text.parse(alarmAt) },
        server: { existing: { url: chroma.url } },
      },
      "lifeboat:postgres": {
        ...{ tier: "drill-postgres", alarmAt: `${ALARM_AT.postgresSeconds}s`, recoveryRetentionDays: 1 },
        existing: { instanceArn, secretArn: theirs.secretArn },
      },
    };
    return bed.stack("prod", overlay, "atEnd");
  };

  test(
    "an unencrypted database is refused with a hint, before anything is made",
    async () => {
      const before = await bed.bucketNames();
      const refused = await stackWith(theirs.plainArn);

      const message = await refused.up().then(() => "", messageOf);

      expect(message).toMatch(
        /their-plain-one is not encrypted.*Take a snapshot, copy it with a KMS key.*Hint: docs\/existing-systems\.md/s,
      );
      expect(await bed.bucketNames()).toEqual(before);
      expect(bed.aws.rds.instances(REGIONS.recovery)).toEqual([]);
    },
    OPERATION_MS,
  );

  test(
    "a full bucket, a database and a Chroma server are protected as they are, and a second up changes nothing",
    async () => {
      prod = await stackWith(theirs.instanceArn);
      const database = await describedDatabase(theirs.rds);

      await prod.up();
      const second = await prod.up();

      await bed.aws.gateway.replication.idle();
      expect(second.changes).toMatchObject(NO_CHANGES);
      expect(await documentsIn(bed.recoveryS3, `acme-documents-000000000000-${REGIONS.recovery}`)).toEqual(
        await documentsIn(theirs.s3, BUCKET),
      );
      expect(bed.aws.rds.instances(REGIONS.primary).map(({ identifier }) => identifier)).toEqual(["their-database", "their-plain-one"]);
      expect(bed.aws.rds.instances(REGIONS.recovery).map(({ identifier }) => identifier)).toEqual([databaseNames(SYSTEM).replica]);
      expect(bed.aws.pods.primary.processes()).toEqual([]);
      expect(await bed.recoveryBackups.find("their-database", REGIONS.primary)).toHaveLength(1);
      expect(await describedDatabase(theirs.rds)).toEqual(database);
    },
    OPERATION_MS,
  );

  test(
    "destroy takes away what is Lifeboat's, and nothing of theirs",
    async () => {
      const database = await describedDatabase(theirs.rds);

      await prod.destroy();

      expect(await documentsIn(theirs.s3, BUCKET)).toHaveLength(DOCUMENTS);
      await expect(theirs.s3.send(new GetBucketReplicationCommand({ Bucket: BUCKET }))).rejects.toMatchObject({
        name: "ReplicationConfigurationNotFoundError",
      });
      expect(bed.aws.rds.instances(REGIONS.recovery)).toEqual([]);
      expect(await describedDatabase(theirs.rds)).toEqual(database);
      expect((await fetch(`${chroma.url}/api/v2/heartbeat`)).ok).toBe(true);
    },
    OPERATION_MS,
  );
});

const fillBucket = async (s3: S3Client): Promise<void> => {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: "Enabled" } }));
  for (let number = 0; number < DOCUMENTS; number += 1)
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `documents/${number}.md`, Body: `document ${number}` }));
};

/** Keys and contents' tags of the documents; Lifeboat's own objects lie elsewhere. */
const documentsIn = async (s3: S3Client, bucket: string): Promise<readonly string[]> => {
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: "documents/" }));
  return Versions.map(({ Key, ETag }) => `${Key} ${ETag}`).sort();
};

const describedDatabase = async (rds: RDSClient) => {
  const { DBInstances: [found] = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "their-database" }));
  const { ReadReplicaDBInstanceIdentifiers, DBInstanceAutomatedBackupsReplications, LatestRestorableTime, ...own } = found ?? {};
  return own;
};

interface Access {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const makeDatabases = async (bed: TestBed, access: Access, rds: RDSClient) => {
  const kms = new KMSClient(access);
  const secrets = new SecretsManagerClient(access);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const { subnetIds, securityGroupId } = bed.aws.networks.primary;
  await rds.send(
    new CreateDBSubnetGroupCommand({ DBSubnetGroupName: "theirs", DBSubnetGroupDescription: "theirs", SubnetIds: [...subnetIds] }),
  );
  const login = { username: "owner", password: "theirOwnPassword1" };
  const make = async (DBInstanceIdentifier: string, encryption: { StorageEncrypted: boolean; KmsKeyId?: string }): Promise<string> => {
    await rds.send(
      new CreateDBInstanceCommand({
        ...{ DBInstanceIdentifier, Engine: "postgres", EngineVersion: "15", DBInstanceClass: "db.t4g.medium", AllocatedStorage: 20 },
        ...{ MasterUsername: login.username, MasterUserPassword: login.password, DBName: "shop", BackupRetentionPeriod: 1 },
        ...{ DBSubnetGroupName: "theirs", VpcSecurityGroupIds: [securityGroupId], ...encryption },
      }),
    );
    await waitUntilDBInstanceAvailable({ client: rds, maxWaitTime: 120, minDelay: 1, maxDelay: 1 }, { DBInstanceIdentifier });
    const { DBInstances: [made] = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
    return made?.DBInstanceArn ?? "";
  };
  const instanceArn = await make("their-database", { StorageEncrypted: true, KmsKeyId: KeyMetadata?.Arn });
  const plainArn = await make("their-plain-one", { StorageEncrypted: false });
  const { ARN: secretArn = "" } = await secrets.send(
    new CreateSecretCommand({ Name: "their/database", SecretString: JSON.stringify(login) }),
  );
  kms.destroy();
  secrets.destroy();
  return { instanceArn, plainArn, secretArn };
};
