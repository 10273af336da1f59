import type { ProtectBucketResponse } from "../../../lambdas/protect-bucket/events";
import { ACCOUNT } from "./outputs";
import { PRIMARY } from "./prod";
import type { World } from "./world";

/** What a company has already, in the primary region. */
export const BUCKET = "company-documents";
export const BUCKET_KEY = `arn:aws:kms:${PRIMARY}:${ACCOUNT}:key/company`;
export const REPLICATION_ROLE = `arn:aws:iam::${ACCOUNT}:role/company/replication`;
export const INSTANCE_ARN = `arn:aws:rds:${PRIMARY}:${ACCOUNT}:db:shop`;
export const SECRET_ARN = `arn:aws:secretsmanager:${PRIMARY}:${ACCOUNT}:secret:shop-AbCdEf`;
export const CHROMA_URL = "http://chroma.company.internal:9000";

export const objects = (existing: Readonly<Record<string, unknown>> = {}) => ({
  objects: { tier: "standard", canary: "rate(1 minute)", alarmAt: "30m", existing: { bucket: BUCKET, ...existing } },
});
export const postgres = (values: Readonly<Record<string, unknown>> = {}) => ({
  postgres: { alarmAt: "10m", existing: { instanceArn: INSTANCE_ARN, secretArn: SECRET_ARN }, dump: {}, ...values },
});
export const chroma = (existing: Readonly<Record<string, unknown>> = {}) => ({
  chroma: {
    ...{ tier: "non-critical", schedule: "rate(12 hours)", maxDuration: "15m", alarmAt: "18h" },
    server: { existing: { url: CHROMA_URL, ...existing } },
  },
});
export const everything = { ...objects(), ...postgres(), ...chroma() };

const protectedBucket: ProtectBucketResponse = { bucket: BUCKET, changed: ["replication"], backfill: null };

const SHOP = {
  ...{ dbInstanceArn: INSTANCE_ARN, dbInstanceIdentifier: "shop", engine: "postgres", engineVersion: "14.9", storageEncrypted: true },
  ...{ multiAz: true, backupRetentionPeriod: 7, preferredBackupWindow: "01:00-01:30", preferredMaintenanceWindow: "mon:02:00-mon:02:30" },
  ...{ dbInstanceClass: "db.r7g.xlarge", dbClusterIdentifier: "", replicateSourceDb: "", dbParameterGroups: ["default.postgres14"] },
  ...{ address: "shop.example", port: 5433, masterUsername: "owner", dbName: "shop", allocatedStorage: 200, maxAllocatedStorage: 0 },
};

/** The company's world, its database as RDS describes it but for some changes. */
export const companyWorld = (database: Readonly<Record<string, unknown>> = {}): World => ({
  databases: { shop: { ...SHOP, ...database } },
  answers: { "protect-bucket": () => protectedBucket },
});
