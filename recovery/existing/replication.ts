import type { Refusal } from "./refusal";

/** A replication rule in the S3 API's own words. Of somebody else's rule everything is kept, and only this is looked at. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationRule.html */
export interface AnyRule {
  readonly ID?: string;
  readonly Priority?: number;
  readonly Filter?: object;
  readonly Destination?: { readonly Bucket?: string };
}

/** A bucket's whole configuration: S3 knows no other unit, and its one role serves every rule. */
export interface Replication<Rule extends AnyRule> {
  readonly role: string;
  readonly rules: readonly Rule[];
}

/** A rule that Lifeboat adds, but for its priority, which depends on the rules that are there. */
export interface WantedRule {
  /** What it is for, such as `live-ready`. */
  readonly id: string;
  readonly prefix: string;
  readonly destinationBucket: string;
  readonly destinationKeyArn: string;
  readonly deleteMarkers: boolean;
}

export interface OwnRule {
  ID: string;
  Priority: number;
  Status: "Enabled";
  Filter: { Prefix: string };
  DeleteMarkerReplication: { Status: "Enabled" | "Disabled" };
  SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } };
  Destination: {
    Bucket: string;
    EncryptionConfiguration: { ReplicaKmsKeyID: string };
    ReplicationTime: { Status: "Enabled"; Time: { Minutes: number } };
    Metrics: { Status: "Enabled"; EventThreshold: { Minutes: number } };
  };
}

export interface Wanted {
  readonly system: string;
  /** The bucket that the rules are put on. */
  readonly bucket: string;
  readonly role: string;
  /** Whether Lifeboat made this role, and takes it away again. */
  readonly ownsRole: boolean;
  readonly rules: readonly WantedRule[];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html */
const RULES_LIMIT = 1000;
/** S3 Replication Time Control knows this number only. https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html */
const RTC_MINUTES = 15;
const FIRST_PRIORITY = 1;

const BUCKET_ARN = "arn:aws:s3:::";

// A system's name has no full stop, so that one system's mark never begins another's.
const markOf = (system: string): string => `lifeboat-${system}.`;

/** Whether a rule is this system's: by its id, which nobody else gives. */
export const isOwn = (system: string, rule: AnyRule): boolean => rule.ID?.startsWith(markOf(system)) === true;

const foreignOf = <Rule extends AnyRule>(system: string, rules: readonly Rule[]): readonly Rule[] =>
  rules.filter((rule) => !isOwn(system, rule));

export type Merged<Rule extends AnyRule> =
  | { readonly merged: Replication<Rule | OwnRule>; readonly refusals?: undefined }
  | { readonly merged?: undefined; readonly refusals: readonly Refusal[] };

/**
 * The configuration with Lifeboat's rules in it: every other rule as it was and where it was, then its own, with priorities that nobody
 * has. Merging again gives the same. Refused where S3 would refuse it, or where it would change what an existing rule does.
 */
export const mergeReplication = <Rule extends AnyRule>(existing: Replication<Rule> | undefined, wanted: Wanted): Merged<Rule> => {
  const foreign = foreignOf(wanted.system, existing?.rules ?? []);
  const refusals = [
    ...roleRefusals(existing, foreign, wanted),
    ...versionRefusals(foreign),
    ...destinationRefusals(foreign, wanted),
    ...limitRefusals(foreign, wanted),
  ];
  if (refusals.length > 0) return { refusals };
  return { merged: { role: wanted.role, rules: [...foreign, ...ownRules(foreign, wanted)] } };
};

const roleRefusals = <Rule extends AnyRule>(
  existing: Replication<Rule> | undefined,
  foreign: readonly Rule[],
  { role, bucket }: Wanted,
): readonly Refusal[] => {
  if (existing === undefined || foreign.length === 0 || existing.role === role) return [];
  return [
    {
      reason: `${bucket} replicates under ${existing.role}, and S3 has one role for all rules of a bucket, here ${role}`,
      hint: `Set lifeboat:objects.existing.replicationRoleArn to ${existing.role}, and let that role do what docs/existing-systems.md lists under "The replication role"`,
    },
  ];
};

/** A rule of the first version has no filter, and S3 takes the two versions not together. */
const versionRefusals = (foreign: readonly AnyRule[]): readonly Refusal[] => {
  const old = foreign.filter(({ Filter }) => Filter === undefined);
  if (old.length === 0) return [];
  return [
    {
      reason: `${old.map(nameOf).join(", ")}: rules of the first version (a Prefix, no Filter and no Priority), which stand in no configuration with rules of the second`,
      hint: "Write them with Filter, Priority and DeleteMarkerReplication Enabled, which does the same: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html#replication-backward-compat-considerations",
    },
  ];
};

const destinationRefusals = (foreign: readonly AnyRule[], { bucket, rules }: Wanted): readonly Refusal[] =>
  rules.flatMap(({ destinationBucket }): readonly Refusal[] => {
    if (destinationBucket === bucket)
      return [{ reason: `${bucket} cannot be replicated into itself`, hint: "Name another bucket in lifeboat:objects.existing.bucket" }];
    const rival = foreign.find(({ Destination }) => Destination?.Bucket === `${BUCKET_ARN}${destinationBucket}`);
    if (rival === undefined) return [];
    return [
      {
        reason: `rule ${nameOf(rival)} replicates into ${destinationBucket} already, and of two rules to one bucket S3 follows the one with the higher priority only`,
        hint: "Take that rule away, or give it another destination",
      },
    ];
  });

const limitRefusals = (foreign: readonly AnyRule[], { rules }: Wanted): readonly Refusal[] =>
  foreign.length + rules.length <= RULES_LIMIT
    ? []
    : [
        {
          reason: `${foreign.length} rules are there and ${rules.length} are needed; S3 has ${RULES_LIMIT} for a bucket at most`,
          hint: "Put rules together that have one destination",
        },
      ];

const nameOf = ({ ID, Destination }: AnyRule): string => ID ?? `a rule to ${Destination?.Bucket ?? "nowhere"}`;

/** The lowest priorities that nobody has. They decide between rules to one destination only, and ours are to buckets of ours. */
const freePriorities = (foreign: readonly AnyRule[], count: number): readonly number[] => {
  const taken = new Set(foreign.map(({ Priority }) => Priority));
  const free: number[] = [];
  for (let candidate = FIRST_PRIORITY; free.length < count; candidate += 1) if (!taken.has(candidate)) free.push(candidate);
  return free;
};

const ownRules = (foreign: readonly AnyRule[], { system, rules }: Wanted): readonly OwnRule[] => {
  const priorities = freePriorities(foreign, rules.length);
  return rules.map((rule, index) => ({
    ID: `${markOf(system)}${rule.id}`,
    Priority: priorities[index] ?? FIRST_PRIORITY,
    Status: "Enabled",
    Filter: { Prefix: rule.prefix },
    DeleteMarkerReplication: { Status: rule.deleteMarkers ? "Enabled" : "Disabled" },
    SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } },
    Destination: {
      Bucket: `${BUCKET_ARN}${rule.destinationBucket}`,
      EncryptionConfiguration: { ReplicaKmsKeyID: rule.destinationKeyArn },
      ReplicationTime: { Status: "Enabled", Time: { Minutes: RTC_MINUTES } },
      Metrics: { Status: "Enabled", EventThreshold: { Minutes: RTC_MINUTES } },
    },
  }));
};

export type Removed<Rule extends AnyRule> =
  /** No rule is left: the bucket has no configuration then, as before. */
  | { readonly left: Replication<Rule> | undefined; readonly refusals?: undefined }
  | { readonly left?: undefined; readonly refusals: readonly Refusal[] };

/** What is left without Lifeboat's rules. Refused where others' rules came to live under the role that goes away with Lifeboat. */
export const removeOwn = <Rule extends AnyRule>(
  existing: Replication<Rule> | undefined,
  { system, bucket, role, ownsRole }: Pick<Wanted, "system" | "bucket" | "role" | "ownsRole">,
): Removed<Rule> => {
  const rules = foreignOf(system, existing?.rules ?? []);
  if (existing === undefined || rules.length === 0) return { left: undefined };
  if (!ownsRole || existing.role !== role) return { left: { role: existing.role, rules } };
  return {
    refusals: [
      {
        reason: `${rules.map(nameOf).join(", ")} of ${bucket} replicate under ${role}, which is Lifeboat's and would be gone`,
        hint: "Give the bucket's replication a role of its own first, or take these rules away",
      },
    ],
  };
};

/** Whether S3 holds this configuration: the same role and the same rules, in any order. */
export const sameReplication = (one: Replication<AnyRule> | undefined, other: Replication<AnyRule> | undefined): boolean =>
  textOf(one) === textOf(other);

const textOf = (replication: Replication<AnyRule> | undefined): string =>
  replication === undefined ? "" : JSON.stringify([replication.role, ...replication.rules.map((rule) => canonical(rule)).sort()]);

const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
    .join(",")}}`;
};
