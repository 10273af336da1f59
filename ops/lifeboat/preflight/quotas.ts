/** A quota of AWS: the account's limit in a region, by the codes of Service Quotas. */
export interface Quota {
  readonly service: string;
  readonly code: string;
  /** AWS's own name of it, and the page that it is on. */
  readonly title: string;
  readonly source: string;
  /** Where Service Quotas answers for it, when that is not the recovery region. */
  readonly region?: string;
}

const VPC = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html";
const RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html";

/** What a recovery makes, or fills. */
export const QUOTAS = {
  databases: { service: "rds", code: "L-7B6409FD", title: "DB instances", source: RDS },
  databaseStorageGib: { service: "rds", code: "L-7ADDB58A", title: "Total storage for all DB instances", source: RDS },
  replicasOfDatabase: { service: "rds", code: "L-5BC124EF", title: "Read replicas per primary", source: RDS },
  securityGroups: { service: "vpc", code: "L-E79EC296", title: "VPC security groups per Region", source: VPC },
  networkInterfaces: { service: "vpc", code: "L-DF5E4CA3", title: "Network interfaces per Region", source: VPC },
  functionConcurrency: {
    service: "lambda",
    code: "L-B99A9384",
    title: "Concurrent executions",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
  },
  buckets: {
    service: "s3",
    code: "L-DC2B2D3D",
    title: "General purpose buckets",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html",
    // One quota for all commercial regions, which this one alone shows: the page says so.
    region: "us-east-1",
  },
  secrets: {
    service: "secretsmanager",
    code: "L-2F66C23C",
    title: "Secrets in each Region",
    source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html",
  },
  vcpus: {
    service: "ec2",
    code: "L-1216C47A",
    title: "Running On-Demand Standard instances (vCPU)",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html",
  },
  volumesTib: {
    service: "ebs",
    code: "L-7A658B76",
    title: "Storage for gp3 volumes (TiB)",
    source: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html",
  },
  clusters: {
    service: "eks",
    code: "L-1194D53C",
    title: "EKS clusters",
    source: "https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html",
  },
} as const satisfies Readonly<Record<string, Quota>>;

export type QuotaName = keyof typeof QUOTAS;
