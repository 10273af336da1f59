import { z } from "zod";
import { readProd } from "../../../infra/config/read";
import { EXPORT_KINDS } from "../../../recovery/catalogue/kinds";
import { committed } from "../../unit/infra/config/stackFiles";
import { ACCOUNT } from "../support/outputs";
import { deployedProd, PRIMARY, RECOVERY } from "../support/prod";
import { PolicyText, type Recording } from "../support/recording";

const BUCKETS = ["documents", "documents-replica", "documents-vault", "staging", "vault"] as const;
const LOCKED = ["documents-vault", "vault"] as const;
const { vault, staging } = readProd(committed("prod"));

let recording: Recording;
beforeAll(async () => {
  recording = await deployedProd();
});

/** A bucket's own setting of a type, which has the bucket's logical name. */
const setting = <T>(type: string, bucket: string, inputs: z.ZodType<T>): T => {
  const nameOf = z.object({ bucket: z.string() });
  const resource = recording.get(`aws:s3/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`, bucket);
  const expected = nameOf.parse(recording.get("aws:s3/bucket:Bucket", bucket).inputs).bucket;
  expect(nameOf.parse(resource.inputs).bucket).toBe(expected);
  return inputs.parse(resource.inputs);
};

const Versioning = z.object({ versioningConfiguration: z.object({ status: z.string() }) });
const PublicAccess = z.object({
  blockPublicAcls: z.boolean(),
  blockPublicPolicy: z.boolean(),
  ignorePublicAcls: z.boolean(),
  restrictPublicBuckets: z.boolean(),
});
const Encryption = z.object({
  rules: z.array(z.object({ applyServerSideEncryptionByDefault: z.object({ sseAlgorithm: z.string(), kmsMasterKeyId: z.string() }) })),
});
const ObjectLock = z.object({ rule: z.object({ defaultRetention: z.object({ mode: z.string(), days: z.number() }) }) });
const Lifecycle = z.object({
  rules: z.array(
    z.object({
      status: z.string(),
      expiration: z.object({ days: z.number() }).optional(),
      noncurrentVersionExpiration: z.object({ noncurrentDays: z.number() }).optional(),
      abortIncompleteMultipartUpload: z.object({ daysAfterInitiation: z.number() }).optional(),
      filter: z.object({ prefix: z.string().optional() }),
    }),
  ),
});
const Policy = z.object({ policy: PolicyText });

describe.each(BUCKETS)("the bucket %s", (bucket) => {
  it("keeps versions", () => {
    expect(setting("BucketVersioning", bucket, Versioning).versioningConfiguration.status).toBe("Enabled");
  });

  it("is private whatever its policy says", () => {
    expect(setting("BucketPublicAccessBlock", bucket, PublicAccess)).toEqual({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  });

  it("is encrypted under its own region's key", () => {
    const { place = "" } = recording.get("aws:s3/bucket:Bucket", bucket);
    const key = place === PRIMARY ? "primary-key" : "recovery-key";

    expect(setting("BucketServerSideEncryptionConfiguration", bucket, Encryption).rules).toEqual([
      {
        applyServerSideEncryptionByDefault: {
          sseAlgorithm: "aws:kms",
          kmsMasterKeyId: `arn:aws:kms:${place}:${ACCOUNT}:key/${place}-${key}`,
        },
      },
    ]);
  });

  it("denies everybody what is not under TLS, and keys of the caller's own", () => {
    const { policy } = setting("BucketPolicy", bucket, Policy);
    const { bucket: name } = z.object({ bucket: z.string() }).parse(recording.get("aws:s3/bucket:Bucket", bucket).inputs);
    const whole = [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`];

    expect(policy).toContainEqual({
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:*"],
      Resource: whole,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
    expect(policy).toContainEqual({
      Sid: "NoCustomerKeys",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:PutObject"],
      Resource: [whole[1]],
      Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
    });
    expect(policy.filter(({ Effect }) => Effect === "Allow")).toEqual([]);
  });

  it("gives up uploads that never ended", () => {
    const days = setting("BucketLifecycleConfiguration", bucket, Lifecycle).rules.flatMap(
      (rule) => rule.abortIncompleteMultipartUpload?.daysAfterInitiation ?? [],
    );

    expect(days).toEqual([7]);
  });
});

describe("locks", () => {
  it("stand on the two vaults from their creation on, by the configured mode and period", () => {
    const lockable = recording
      .typed("aws:s3/bucket:Bucket", z.object({ objectLockEnabled: z.boolean() }))
      .flatMap(({ name, args }) => (args.objectLockEnabled ? [name] : []));
    const locks = Object.fromEntries(
      lockable.map((bucket) => [bucket, setting("BucketObjectLockConfiguration", bucket, ObjectLock).rule.defaultRetention]),
    );

    expect(locks).toEqual({
      "documents-vault": { mode: vault.lockMode, days: vault.documentsRetentionDays },
      vault: { mode: vault.lockMode, days: vault.backupRetentionDays },
    });
  });

  it("functions lock for the days that the buckets do", () => {
    const Environment = z.object({ name: z.string(), environment: z.object({ variables: z.record(z.string(), z.string()) }) });
    const functions = recording.typed("aws:lambda/function:Function", Environment).map(({ args }) => args);
    const variable = (name: string, key: string) => functions.find((each) => each.name === `acme-${name}`)?.environment.variables[key];
    const daysOf = (bucket: string) => setting("BucketObjectLockConfiguration", bucket, ObjectLock).rule.defaultRetention.days;

    expect(variable("seal", "BACKUP_RETENTION_DAYS")).toBe(String(daysOf("vault")));
    expect(variable("recovery-set", "LOCK_DAYS")).toBe(String(daysOf("vault")));
    expect(variable("compare-documents", "RETENTION_DAYS")).toBe(String(daysOf("documents-vault")));
    expect(JSON.parse(variable("renew-locks", "RETENTION") ?? "{}")).toMatchObject({
      backupRetentionDays: daysOf("vault"),
      documentsRetentionDays: daysOf("documents-vault"),
    });
  });

  it.each(LOCKED)("%s lets nothing expire before its lock ends", (bucket) => {
    const { days } = setting("BucketObjectLockConfiguration", bucket, ObjectLock).rule.defaultRetention;

    const { rules } = setting("BucketLifecycleConfiguration", bucket, Lifecycle);
    const expiries = rules.flatMap(({ expiration }) => expiration?.days ?? []);
    const old = rules.flatMap(({ noncurrentVersionExpiration }) => noncurrentVersionExpiration?.noncurrentDays ?? []);

    expect(Math.min(...expiries)).toBeGreaterThanOrEqual(days);
    // S3 takes no locked version; of what is no longer locked a month is left to notice.
    expect(old).toEqual([bucket === "vault" ? Math.min(30, days) : days]);
  });

  it("only what is passed on, and what the retention policy drops, expires while it is current", () => {
    const expiring = BUCKETS.flatMap((bucket) =>
      setting("BucketLifecycleConfiguration", bucket, Lifecycle).rules.flatMap(({ expiration, filter }) =>
        expiration === undefined ? [] : [[bucket, filter.prefix, expiration.days]],
      ),
    );

    const days = vault.backupRetentionDays;
    expect(expiring.sort()).toEqual(
      [
        // Configuration is not among them: it is held for ever, in this region as well.
        ...["chroma/", "postgres/", "checkpoints/chroma/", "configuration-state/", "backfill/"].map((prefix) => [
          "staging",
          prefix,
          staging.retentionDays,
        ]),
        ...["chroma/", "postgres/"].map((prefix) => ["vault", prefix, days + 1]),
        ...["points", "proofs"].flatMap((folder) =>
          ["chroma", "postgres"].map((store) => ["vault", `catalogue/${folder}/${store}/`, days]),
        ),
        ...["comparisons", "progress", "readings", "renewals", "sets"].map((folder) => ["vault", `catalogue/${folder}/`, days]),
      ].sort(),
    );
  });
});

describe("staging", () => {
  const STAGING = `arn:aws:s3:::acme-staging-${ACCOUNT}-${PRIMARY}/`;
  /** What each role may put there by its own policy, as key patterns. */
  const putters = () =>
    recording.typed("aws:iam/rolePolicy:RolePolicy", z.object({ role: z.string(), policy: PolicyText })).flatMap(({ args }) =>
      args.policy
        .filter(({ Effect, Action }) => Effect === "Allow" && Action.includes("s3:PutObject"))
        .flatMap(({ Resource }) => Resource)
        .filter((resource) => resource.startsWith(STAGING))
        .map((resource) => ({ role: args.role, keys: resource.slice(STAGING.length) })),
    );
  const denials = () => setting("BucketPolicy", "staging", Policy).policy.filter(({ Sid = "" }) => Sid.startsWith("OnlyExporters"));

  it("lets the exporters of a kind write its exports, and nobody else, whatever their own policies say", () => {
    for (const { prefix } of EXPORT_KINDS) {
      const denied = denials().filter(({ Resource }) => Resource.includes(`${STAGING}${prefix}*`));
      const exporting = putters().flatMap(({ role, keys }) => (keys === `${prefix}*` ? [role] : []));

      expect(denied).toHaveLength(1);
      expect(denied[0]).toMatchObject({ Effect: "Deny", Principal: "*", Action: expect.arrayContaining(["s3:PutObject"]) });
      expect(exporting.length).toBeGreaterThan(0);
      expect([...(denied[0]?.Condition.ArnNotLike?.["aws:PrincipalArn"] ?? [])].sort()).toEqual(
        exporting.flatMap((role) => [`arn:aws:iam::${ACCOUNT}:role/${role}`, `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/*`]).sort(),
      );
    }
  });

  it("denies others what exporters remember, and none of its exporters anything that they write", () => {
    for (const { role, keys } of putters()) {
      const denied = denials().filter(({ Resource }) => Resource.includes(`${STAGING}${keys}`));

      expect(denied.map(({ Sid }) => Sid)).toHaveLength(1);
      expect(denied[0]?.Condition.ArnNotLike?.["aws:PrincipalArn"]).toContain(`arn:aws:iam::${ACCOUNT}:role/${role}`);
    }
  });

  it("has a lifecycle rule for everything that anybody writes there", () => {
    const { rules } = setting("BucketLifecycleConfiguration", "staging", Lifecycle);
    const covered = putters().map(
      ({ keys }) => rules.filter(({ filter: { prefix = "" } }) => prefix !== "" && keys.startsWith(prefix)).length,
    );

    expect(covered.length).toBeGreaterThan(3);
    expect(covered.every((count) => count === 1)).toBe(true);
  });

  it("keeps configuration for ever, and what somebody overwrote or deleted of it for as long as other exports", () => {
    const { rules } = setting("BucketLifecycleConfiguration", "staging", Lifecycle);

    expect(rules.filter(({ filter: { prefix = "" } }) => "configuration/".startsWith(prefix)).map(({ expiration }) => expiration)).toEqual([
      undefined,
      undefined,
    ]);
    expect(rules.find(({ filter }) => filter.prefix === "configuration/")).toMatchObject({
      noncurrentVersionExpiration: { noncurrentDays: staging.retentionDays },
    });
  });
});

describe("who writes into the vaults", () => {
  const writersOf = (bucket: string) =>
    setting("BucketPolicy", bucket, Policy).policy.flatMap(({ Sid, Effect, Action, Resource, Condition }) =>
      Sid === "TlsOnly" || Sid === "NoCustomerKeys"
        ? []
        : [{ Effect, Action, Resource, roles: Condition.ArnNotLike?.["aws:PrincipalArn"] }],
    );
  const WRITES = ["s3:PutObject", "s3:ReplicateObject", "s3:ReplicateDelete"];
  const sessions = (role: string) => [`arn:aws:iam::${ACCOUNT}:role/${role}`, `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/*`];

  it("documents arrive by their replication alone", () => {
    expect(writersOf("documents-vault")).toEqual([
      {
        Effect: "Deny",
        Action: WRITES,
        Resource: [`arn:aws:s3:::acme-documents-vault-${ACCOUNT}-${RECOVERY}/*`],
        roles: sessions("acme-replicate-documents"),
      },
    ]);
  });

  it("exports arrive by replication alone, and no primary-region role writes the catalogue", () => {
    const writers = writersOf("vault");
    const catalogue = writers.at(-1);

    expect(writers.slice(0, -1)).toEqual(
      EXPORT_KINDS.map(({ prefix }) => ({
        Effect: "Deny",
        Action: WRITES,
        Resource: [`arn:aws:s3:::acme-vault-${ACCOUNT}-${RECOVERY}/${prefix}*`],
        roles: sessions("acme-replicate-staging"),
      })),
    );
    expect(catalogue).toMatchObject({
      Effect: "Deny",
      Action: WRITES,
      Resource: [`arn:aws:s3:::acme-vault-${ACCOUNT}-${RECOVERY}/catalogue/*`],
    });
    const primaryRoles = recording
      .typed("aws:iam/role:Role", z.object({ name: z.string() }))
      .flatMap(({ place, args }) => (place === PRIMARY ? sessions(args.name) : []));
    expect(primaryRoles.length).toBeGreaterThan(0);
    expect(primaryRoles.filter((role) => catalogue?.roles?.includes(role))).toEqual([]);
  });

  it("each function that may write the catalogue by its own policy is among its writers", () => {
    const catalogue = writersOf("vault").at(-1);
    const writing = recording
      .typed("aws:iam/rolePolicy:RolePolicy", z.object({ role: z.string(), policy: PolicyText }))
      .filter(({ args }) =>
        args.policy.some(
          ({ Action, Resource }) =>
            Action.includes("s3:PutObject") && Resource.some((resource) => resource.includes(`-vault-${ACCOUNT}-${RECOVERY}/catalogue/`)),
        ),
      );

    expect(writing.length).toBeGreaterThan(5);
    expect([...(catalogue?.roles ?? [])].sort()).toEqual(writing.flatMap(({ args }) => sessions(args.role)).sort());
  });
});
