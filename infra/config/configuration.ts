import { z } from "zod";
import { formatSeconds } from "../../recovery/duration";
import { objectiveFailure, type Tier } from "../../recovery/objectives";
import type { PrimaryCluster } from "./cluster";
import { KubernetesValues, kubernetesFailures } from "./configurationKubernetes";
import { offOr } from "./offOr";
import { Duration, Region, Schedule, Text, tierOf } from "./values";

/** It stands in keys and in the series' name. */
const Name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "lower-case letters, digits, dots, hyphens and underscores")
  .meta({ title: "name" });

// What git takes besides (`ext::`, a path) runs commands or reads this machine's files.
const GitUrl = z
  .string()
  .regex(/^(https?|ssh|git|file):\/\/[^\s"'\\]+$/, "a URL such as https://github.com/acme/shop.git or ssh://git@github.com/acme/shop.git")
  .refine((url) => !/^https?:\/\/[^/]*@/.test(url), "a URL without credentials: they come from a secret")
  .meta({ title: "URL" });

const SecretArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+$/, "the ARN of a secret")
  .meta({ title: "ARN of a secret" });
const KeyArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/, "the ARN of a key, not of its alias")
  .meta({ title: "ARN of a key" });

const credentials = SecretArn.optional().describe(
  "Secret of the primary region with what git needs: a private key for `ssh`, a token or `user:token` for `https`; none for a public repository",
);

const Repository = z.strictObject({
  name: Name.describe("Its name here; the series is `configuration/repositories/<name>`"),
  url: GitUrl.describe("Where it is cloned from: all refs that this serves are exported"),
  credentials,
  mirror: z
    .strictObject({
      url: GitUrl.describe(
        "A repository that its branches, tags and notes are pushed to, deletions included; nothing else may write there",
      ),
      credentials,
      alarmAt: Duration.prefault("1h").describe("Time that the mirror may be behind until people are paged"),
    })
    .optional(),
  lfs: z
    .enum(["refused", "acknowledged"])
    .default("refused")
    .describe(
      "Git LFS keeps files outside of git, which no bundle holds. `refused`: a repository that uses it is exported, never counts as backed up, and pages; `acknowledged`: you back those files up yourself",
    ),
});
export type RepositoryValues = z.infer<typeof Repository>;

const Size = z
  .string()
  .regex(/^[1-9]\d*(Mi|Gi|Ti)$/, "a size such as 20Gi")
  .meta({ title: "size" });

const GitValues = z.strictObject({
  repositories: z.array(Repository).min(1),
  every: Duration.prefault("5m").describe(
    "How often each repository's refs are compared with what was exported; whole minutes that divide an hour",
  ),
  timeLimit: Duration.prefault("30m").describe("Longest time that a run may take, over all repositories"),
  knownHosts: z
    .string()
    .default("")
    .describe("Lines of a `known_hosts` file with the servers' keys; needed with `ssh` URLs: a server that is not in it is refused"),
  ports: z
    .array(z.int().min(1).max(65_535))
    .default([])
    .describe("TCP ports that the job is let out to beside 443, and 22 where a URL is of `ssh`"),
  image: Text.default("alpine/git:2.49.1").describe("Image with `git`, `ssh` and a POSIX shell"),
  uploader: Text.default("public.ecr.aws/aws-cli/aws-cli:2.31.0").describe("Image with the AWS CLI and `bash`"),
  workStorage: Size.default("20Gi").describe(
    "Space for a mirror of the largest repository, its bundle and a clone of that: three times its size",
  ),
  workStorageClass: Text.optional().describe("Storage class of a volume made for each run; without one the space is on the node's disk"),
});
export type GitValues = z.infer<typeof GitValues>;

const StateBucket = z.strictObject({
  stack: Name.describe("Stack whose state it holds; the series is `configuration/pulumi-state/<stack>`"),
  bucket: Text.describe("Bucket with `.pulumi/` in it"),
  region: Region.describe("Its region"),
  keyArn: KeyArn.optional().describe("Key that its objects are encrypted with, if that is one of your own"),
});

const Prefixes = z.array(Text).default([]);
const Keys = z.array(KeyArn).default([]);

/** `lifeboat:configuration`. */
export const ConfigurationValues = z
  .strictObject({
    tier: tierOf("configuration", "standard"),
    schedule: Schedule.prefault("rate(5 minutes)").describe(
      "How often secrets, parameters, states and Kubernetes objects are compared with what was exported",
    ),
    alarmAt: Duration.prefault("45m").describe(
      "Time since a subject was last known to be what is proven in the vault at which people are paged; not after the tier's RPO",
    ),
    refresh: Duration.prefault("30d").describe("After this time what has not changed is exported once more"),
    refreshUnproven: Duration.prefault("30m").describe(
      "And after this one what the vault has not proven, because it did not arrive or was not read back: not before replication has had its time",
    ),
    secrets: z
      .strictObject({
        prefixes: Prefixes.describe("Secrets whose names begin so are exported, beside Lifeboat's own"),
        tags: z.record(z.string(), z.string()).default({}).describe("Secrets that have one of these tags are exported"),
        keyArns: Keys.describe("Keys of your own that secrets are encrypted with"),
      })
      .prefault({}),
    parameters: z
      .strictObject({
        prefixes: Prefixes.describe("SSM parameters whose names begin so are exported"),
        keyArns: Keys.describe("Keys of your own that parameters are encrypted with"),
      })
      .prefault({}),
    stateBuckets: z
      .union([z.literal("bootstrap"), z.array(StateBucket)])
      .default([])
      .meta({ title: "`bootstrap` or list" })
      .describe(
        "Buckets with Pulumi's own state, whose checkpoints are exported: `bootstrap` for those that `npm run lifeboat -- bootstrap` makes",
      ),
    kubernetes: offOr(KubernetesValues)
      .optional()
      .describe(
        "`off`, or whose objects are exported; without a value the namespaces that Lifeboat makes, of a cluster that is in EKS. The function that exports them is let in by an access entry, so the cluster's authentication mode is `API` or `API_AND_CONFIG_MAP`",
      ),
    git: offOr(GitValues).prefault("off").describe("`off`, or the repositories, exported by a job in the primary region's cluster"),
  })
  .prefault({});
export type ConfigurationValues = z.infer<typeof ConfigurationValues>;

export interface ConfigurationQuestion {
  readonly configuration?: ConfigurationValues;
  readonly lags?: { readonly replication: number };
  readonly tiers: Readonly<Record<string, Tier>>;
  readonly clusters?: { readonly primary: PrimaryCluster };
}

/** What the schema cannot say of them: one sentence for each failure. */
export const configurationFailures = ({ configuration, lags, tiers, clusters }: ConfigurationQuestion): string[] => {
  if (configuration === undefined) return [];
  const { tier: tierName, alarmAt, git } = configuration;
  const tier = tiers[tierName];
  return [
    ...(tier === undefined ? [`configuration.tier: "${tierName}" is not a tier; there are ${Object.keys(tiers).join(", ")}`] : []),
    ...(tier !== undefined && alarmAt > tier.rpoSeconds
      ? [
          `configuration.alarmAt: ${formatSeconds(alarmAt)} comes after the RPO of ${formatSeconds(tier.rpoSeconds)}; an alarm must come before its objective is missed`,
        ]
      : []),
    ...(tier === undefined || lags === undefined ? [] : objectiveFailures(configuration, lags.replication, tier)),
    ...(lags === undefined ? [] : arrivalFailures(configuration, lags.replication)),
    ...(git === "off" ? [] : gitFailures(git)),
    ...kubernetesFailures({ configuration, clusters }),
  ];
};

/**
 * Until it is in the vault. How long reading it back takes is not in the sum: that follows by events, and is in the lag that is measured, which pages where
 * it takes too long.
 */
const objectiveFailures = ({ tier: name, schedule, git }: ConfigurationValues, lagSeconds: number, tier: Tier): string[] => {
  const failure = (intervalSeconds: number, durationSeconds: number) =>
    objectiveFailure({ store: "configuration", tier: name, intervalSeconds, durationSeconds, lagSeconds }, tier) ?? [];
  return [failure(schedule.intervalSeconds, FUNCTION_SECONDS), git === "off" ? [] : failure(git.every, git.timeLimit)].flat();
};

/**
 * What changes is in sync again for who measures it when the next run has exported it, it has arrived and was read back, and the run after that has seen so:
 * an alarm before that rings at every change, and an export before that is made twice for nothing.
 */
const arrivalFailures = ({ schedule, alarmAt, refreshUnproven, git }: ConfigurationValues, lagSeconds: number): string[] => {
  const every: readonly (readonly [string, number])[] = [
    ["schedule", schedule.intervalSeconds],
    ...(git === "off" ? [] : [["git.every", git.every] as const]),
  ];
  return [
    ...every
      .filter(([, interval]) => alarmAt < 2 * interval + lagSeconds)
      .map(
        ([name, interval]) =>
          `configuration.alarmAt: ${formatSeconds(alarmAt)} is less than two intervals of configuration.${name} and the replication's lag, ${formatSeconds(2 * interval + lagSeconds)}: it would page at every change`,
      ),
    ...(refreshUnproven > lagSeconds
      ? []
      : [
          `configuration.refreshUnproven: ${formatSeconds(refreshUnproven)} is not more than the replication's lag, ${formatSeconds(lagSeconds)}: what is on its way would be exported again`,
        ]),
  ];
};

/** How long the function that exports secrets may run. */
export const FUNCTION_SECONDS = 300;

const isSsh = ({ url, mirror }: RepositoryValues): boolean => url.startsWith("ssh:") || mirror?.url.startsWith("ssh:") === true;
export const usesSsh = ({ repositories }: GitValues): boolean => repositories.some(isSsh);

const gitFailures = ({ repositories, every, knownHosts }: GitValues): string[] => {
  const names = repositories.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...(every % 60 === 0 && 3600 % every === 0
      ? []
      : [`configuration.git.every: ${formatSeconds(every)} is no number of minutes that divides an hour`]),
    ...twice.map((name) => `configuration.git.repositories: "${name}" names two of them`),
    ...repositories
      .filter((repository) => knownHosts.trim() === "" && isSsh(repository))
      .map(({ name }) => `configuration.git.knownHosts: "${name}" is reached by ssh, and no server's key is known`),
    ...repositories
      .filter(({ url, mirror }) => mirror?.url === url)
      .map(({ name }) => `configuration.git.repositories: "${name}" is its own mirror`),
  ];
};
