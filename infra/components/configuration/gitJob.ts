import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { METRICS } from "../../../recovery/names";
import { type GitValues, type RepositoryValues, usesSsh } from "../../config/configuration";
import type { Statement } from "../../iam/policy";
import { BackupJob, type BackupJobArgs } from "../jobs/backupJob";

export interface GitJobArgs extends Pick<BackupJobArgs, "system" | "accountId" | "region" | "cluster" | "kubernetes" | "told"> {
  readonly recoveryRegion: string;
  readonly values: GitValues;
  /** After this time what has not changed is exported once more. */
  readonly refreshSeconds: number;
  /** And after this one what the vault has not proven. */
  readonly refreshUnprovenSeconds: number;
  readonly stagingBucket: string;
  readonly vaultBucket: string;
  /** To read the repositories' secrets, to put exports and states into staging, to see what of them the vault has proven, and to publish in the recovery region. */
  readonly statements: readonly Statement[];
}

/** The job's name: `<system>-git-export` in Kubernetes. */
export const GIT_JOB = "git-export";

const SCRIPTS = ["credentials.sh", "git.sh", "askpass.sh", "limits.sh", "vault.sh", "bundle.sh", "repository.sh", "mirror.sh", "upload.sh"];

/** A part is read whole by who proves it. */
const PART_BYTES = 64 * 1024 * 1024;
const SSH = 22;
/** A server that is away for some minutes is nobody's to look at, and each repository's lag is watched by itself. */
const FAILURES_BORNE = 5;
/** The next run is not far, and does what this one did not. A second attempt would have too little of the Job's time to end in. */
const RETRIES = 0;

/** Seconds of a run's time limit for its steps. The rest is for the pod to start, for what else is read before, and for the metrics, which come last. */
export const gitTimes = (timeLimitSeconds: number) => ({
  lookSeconds: Math.floor(timeLimitSeconds * 0.1),
  bundleSeconds: Math.floor(timeLimitSeconds * 0.6),
  uploadSeconds: Math.floor(timeLimitSeconds * 0.2),
});

/** Bytes of a size as Kubernetes writes it, `20Gi`. */
const bytesOf = (size: string): number => {
  const unit = size.slice(-2);
  return Number(size.slice(0, -2)) * 1024 ** (unit === "Ti" ? 4 : unit === "Gi" ? 3 : 2);
};

/**
 * Exports repositories whose refs changed, and pushes them to their mirrors. Git runs in a pod, because a function has none; it sees no AWS, and the steps
 * that speak to AWS run no git. Repositories are cloned anew for each export: nothing is kept between two runs that could be wrong.
 */
export class GitJob extends pulumi.ComponentResource {
  readonly cronJobName: string;

  constructor(name: string, args: GitJobArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:configuration:GitJob", name, {}, options);
    const { values, region, recoveryRegion, system } = args;
    const aws = { AWS_REGION: region, AWS_DEFAULT_REGION: region, STAGING_BUCKET: args.stagingBucket };
    const { lookSeconds, bundleSeconds, uploadSeconds } = gitTimes(values.timeLimit);
    const every = { EVERY_SECONDS: String(values.every) };
    const limits = { ...every, BUNDLE_SECONDS: String(bundleSeconds), WORK_BYTES: String(bytesOf(values.workStorage)) };
    const refresh = { REFRESH_SECONDS: String(args.refreshSeconds), REFRESH_UNPROVEN_SECONDS: String(args.refreshUnprovenSeconds) };
    const vault = { RECOVERY_REGION: recoveryRegion, VAULT_BUCKET: args.vaultBucket, ...refresh };
    const metrics = { RECOVERY_REGION: recoveryRegion, METRIC_NAMESPACE: METRICS.namespace, LAG_METRIC: METRICS.configurationLag };
    const job = new BackupJob(
      GIT_JOB,
      {
        ...args,
        schedule: `*/${values.every / 60} * * * *`,
        timeLimitSeconds: values.timeLimit,
        files: { ...gitScripts(), "repositories.tsv": repositoriesFile(values.repositories), known_hosts: values.knownHosts },
        steps: [
          step("credentials", "bash", values.uploader, { ...aws, ...every, ...vault, SYSTEM: system, LOOK_SECONDS: String(lookSeconds) }),
          step("bundle", "sh", values.image, { SYSTEM: system, PART_BYTES: String(PART_BYTES), ...limits }),
          step("upload", "bash", values.uploader, { ...aws, ...metrics, ...every, SYSTEM: system, UPLOAD_SECONDS: String(uploadSeconds) }),
        ],
        workStorage: values.workStorage,
        ...(values.workStorageClass === undefined ? {} : { workStorageClass: values.workStorageClass }),
        ports: usesSsh(values) ? [SSH, ...values.ports] : values.ports,
        retries: RETRIES,
        failuresBorne: FAILURES_BORNE,
        statements: args.statements,
      },
      { parent: this },
    );
    this.cronJobName = job.cronJobName;
    this.registerOutputs({ cronJobName: this.cronJobName });
  }
}

const step = (name: string, shell: "sh" | "bash", image: string, env: Readonly<Record<string, string>>) => ({
  name,
  image,
  command: [shell, `/lifeboat/files/${name}.sh`],
  env,
});

/** The scripts by file name. */
export const gitScripts = (): Readonly<Record<string, string>> =>
  Object.fromEntries(SCRIPTS.map((file) => [file, readFileSync(join(__dirname, "git", file), "utf8")]));

/** A line for each repository: name, URL, secret, mirror's URL, mirror's secret, whether its LFS files are somebody's care. `-` stands for none. */
export const repositoriesFile = (repositories: readonly RepositoryValues[]): string =>
  repositories
    .map(({ name, url, credentials = "-", mirror, lfs }) =>
      [name, url, credentials, mirror?.url ?? "-", mirror?.credentials ?? "-", lfs === "acknowledged" ? "yes" : "no"].join("\t"),
    )
    .map((line) => `${line}\n`)
    .join("");
