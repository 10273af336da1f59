import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { jobNames } from "../../../recovery/names";
import { policyDocument, type Statement } from "../../iam/policy";
import { jobAlarm } from "./jobAlarm";
import { jobFiles } from "./jobFiles";
import { jobNetworkPolicy } from "./jobNetwork";
import { type JobStep, jobPod } from "./jobPod";
import { jobTrust } from "./jobTrust";
import { stepFiles, toldSteps } from "./toldSteps";

export type { JobStep } from "./jobPod";

/** Who is told that attempts of a job fail, and where: beside the cluster's region. */
export interface JobToldArgs {
  readonly recoveryRegion: string;
  readonly topicArn: pulumi.Input<string>;
  readonly runbooks: string;
  /** The jobs' namespace by its name: the alarm must not wait for anything of the primary region. */
  readonly namespace: string;
  readonly recovery: pulumi.ComponentResourceOptions;
}

export interface BackupJobArgs {
  readonly system: string;
  readonly accountId: string;
  readonly region: string;
  /** Of the primary cluster: its EKS name (roles come by Pod Identity) and the namespace that the job runs in: infra/stacks/prodJobs.ts knows both. */
  readonly cluster: { readonly name: pulumi.Input<string>; readonly namespace: pulumi.Input<string> };
  readonly kubernetes: k8s.Provider;
  /** Five fields, UTC. */
  readonly schedule: string;
  readonly timeLimitSeconds: number;
  /** Scripts, mounted read-only: by file name. A step finds their folder in $FILES. */
  readonly files: Readonly<Record<string, string>>;
  /**
   * Run one after the other (all but the last are init containers). They share the folder $WORK (of `workStorage`) and the folder $CREDENTIALS (in memory).
   * Images have `sh`, and the last one the AWS CLI.
   */
  readonly steps: readonly JobStep[];
  /** The most that $WORK takes, as Kubernetes writes it: `20Gi`. */
  readonly workStorage: string;
  /** Storage class of a volume made for each run; without one $WORK is on the node's disk, which EKS Auto Mode makes 80 GiB. */
  readonly workStorageClass?: string;
  /** TCP ports that the job may call beside HTTPS: a database's, a repository's. */
  readonly ports?: readonly pulumi.Input<number>[];
  readonly told: JobToldArgs;
  /** Attempts after the first one that fails, all within the time limit; 1 when not given. */
  readonly retries?: number;
  /** Failed attempts within the time limit, or an hour, that page nobody; those that are tried again when not given. */
  readonly failuresBorne?: number;
  /** What its role may do: the role `<system>-job-<name>`, trusted by pods.eks.amazonaws.com. It must be allowed to publish Lifeboat's metrics. */
  readonly statements: readonly Statement[];
}

/**
 * A run that was due while no controller ran is caught up within this time. More than a hundred missed runs in it would not be started at all, so it
 * is no more than a hundred minutes. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
 */
const STARTING_DEADLINE_SECONDS = 3_600;
/** One failure may be the weather. The second is somebody's to look at, and the next run is not far. */
const RETRIES = 1;
/** Runs that can still be looked at. Each holds its volume until it is forgotten, where it has one of its own. */
const KEPT = { successful: 3, failed: 5 };
const KEPT_WITH_VOLUMES = { successful: 1, failed: 1 };

/**
 * A backup that outlasts a function, as a Kubernetes CronJob `<system>-<name>` with the official images, under a role and a service account of its own.
 * Its last step publishes how each attempt ended. A run that cannot even say so, or never starts, is told of from the recovery region, which also tells of a
 * cluster that is gone: of a dump by the age of the newest proven one, of repositories by their lags, which nobody measures then.
 */
export class BackupJob extends pulumi.ComponentResource {
  readonly cronJobName: string;
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: BackupJobArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:jobs:BackupJob", name, {}, options);
    const child = { parent: this };
    const inCluster = { parent: this, provider: args.kubernetes };
    const { cronJob: fullName, role: roleName } = jobNames(args.system, name);
    const { namespace } = args.cluster;
    const { retries = RETRIES } = args;
    const kept = args.workStorageClass === undefined ? KEPT : KEPT_WITH_VOLUMES;
    const labels = { "app.kubernetes.io/name": fullName, "app.kubernetes.io/managed-by": "lifeboat" };
    const metadata = { name: fullName, namespace, labels };

    const role = new aws.iam.Role(
      `job-${name}`,
      {
        name: roleName,
        description: `Pods of the backup job ${fullName}`,
        assumeRolePolicy: jobTrust({ ...args, namespace, serviceAccount: fullName }),
      },
      child,
    );
    const policy = new aws.iam.RolePolicy(`job-${name}`, { role: role.name, policy: policyDocument(args.statements) }, child);
    const account = new k8s.core.v1.ServiceAccount(`job-${name}`, { metadata, automountServiceAccountToken: false }, inCluster);
    const association = new aws.eks.PodIdentityAssociation(
      `job-${name}`,
      { clusterName: args.cluster.name, namespace, serviceAccount: fullName, roleArn: role.arn },
      { ...child, dependsOn: [policy] },
    );
    const files = jobFiles(`job-${name}`, { ...metadata, files: { ...args.files, ...stepFiles() } }, inCluster);
    const steps = toldSteps(args.steps, { system: args.system, job: name, recoveryRegion: args.told.recoveryRegion });
    const network = new k8s.networking.v1.NetworkPolicy(
      `job-${name}`,
      { metadata, spec: jobNetworkPolicy(labels, args.ports ?? []) },
      inCluster,
    );
    new k8s.batch.v1.CronJob(
      `job-${name}`,
      {
        metadata,
        spec: {
          schedule: args.schedule,
          timeZone: "Etc/UTC",
          // Two runs at once would be two loads on one database, for one point.
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: STARTING_DEADLINE_SECONDS,
          successfulJobsHistoryLimit: kept.successful,
          failedJobsHistoryLimit: kept.failed,
          jobTemplate: {
            metadata: { labels },
            spec: {
              backoffLimit: retries,
              activeDeadlineSeconds: args.timeLimitSeconds,
              template: jobPod({ ...args, steps, labels, serviceAccountName: account.metadata.name, filesName: files.metadata.name }),
            },
          },
        },
      },
      // A pod gets its role when it is made, and only from an association that is there by then.
      { ...inCluster, dependsOn: [association, network] },
    );
    const { system, timeLimitSeconds, failuresBorne = retries } = args;
    const { recovery, ...told } = args.told;
    jobAlarm(`job-${name}-failed`, { ...told, system, job: name, timeLimitSeconds, failuresBorne }, { ...recovery, parent: this });
    this.cronJobName = fullName;
    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}
