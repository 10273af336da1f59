import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { METRICS } from "../../../recovery/names";
import { type GitValues, type RepositoryValues, usesSsh } from "../../config/configuration";
import type { Statement } from "../../iam/policy";
import { BackupJob, type BackupJobArgs } from "../jobs/backupJob";

export interface GitJobArgs extends Pick<BackupJobArgs, "system" | "accountId" | "region" | "cluster" | "kubernetes"> {
  readonly recoveryRegion: string;
  readonly values: GitValues;
  /** After this time what has not changed is exported once more. */
  readonly refreshSeconds: number;
  readonly stagingBucket: string;
  /** To read the repositories' secrets, to put exports and states into staging, and to publish in the recovery region. */
  readonly statements: readonly Statement[];
}

/** The job's name: `<system>-git-export` in Kubernetes. */
export const GIT_JOB = "git-export";

const SCRIPTS = ["credentials.sh", "git.sh", "askpass.sh", "bundle.sh", "repository.sh", "mirror.sh", "upload.sh"];

/** A part is read whole by who proves it. */
const PART_BYTES = 64 * 1024 * 1024;
const SSH = 22;

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
    const metrics = { RECOVERY_REGION: recoveryRegion, METRIC_NAMESPACE: METRICS.namespace, LAG_METRIC: METRICS.configurationLag };
    const job = new BackupJob(
      GIT_JOB,
      {
        ...args,
        schedule: `*/${values.every / 60} * * * *`,
        timeLimitSeconds: values.timeLimit,
        files: { ...gitScripts(), "repositories.tsv": repositoriesFile(values.repositories), known_hosts: values.knownHosts },
        steps: [
          step("credentials", "bash", values.uploader, { ...aws, REFRESH_SECONDS: String(args.refreshSeconds) }),
          step("bundle", "sh", values.image, { SYSTEM: system, PART_BYTES: String(PART_BYTES) }),
          step("upload", "bash", values.uploader, { ...aws, ...metrics, SYSTEM: system }),
        ],
        workStorage: values.workStorage,
        ...(values.workStorageClass === undefined ? {} : { workStorageClass: values.workStorageClass }),
        ports: usesSsh(values) ? [SSH, ...values.ports] : values.ports,
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
