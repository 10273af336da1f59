import { z } from "zod";
import { guardOf, unguarded } from "../support/guard";
import { deployedProd } from "../support/prod";
import { PolicyText, type Recording } from "../support/recording";

/** What holds data, or is needed to read it. */
const HOLDING = [
  "aws:kms/key:Key",
  "aws:s3/bucket:Bucket",
  "aws:rds/instance:Instance",
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  "aws:backup/vault:Vault",
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
  "kubernetes:core/v1:Namespace",
  "kubernetes:apps/v1:StatefulSet",
];
// Four keys, seven buckets, a database with its replica and the replication of its backups, two vaults of snapshots and a lock, one namespace, one StatefulSet.
const HOLDERS = 19;
/** A namespace that holds nothing but jobs: what they make is in the vault. */
const JOBS = "::jobs";

/** Both regions' keys, the catalogue's, and that of the sealed secrets. */
const KEYS = ["primary", "recovery", "catalogue", "sealed secrets"];

/** Documents, staging, the live-ready replica, both vaults, and the inventories' reports in each region. */
const BUCKETS = ["documents", "staging", "documents-replica", "documents-vault", "vault", "reports-primary", "reports-recovery"];

const protectedUrns = (recording: Recording) => recording.custom().flatMap(({ protect, urn }) => (protect ? [urn] : []));
const holders = (recording: Recording) =>
  HOLDING.flatMap((type) => recording.all(type).map(({ urn }) => urn)).filter((urn) => !urn.endsWith(JOBS));
const forceDestroys = (recording: Recording) =>
  recording.typed("aws:s3/bucket:Bucket", z.object({ forceDestroy: z.boolean() })).map(({ args }) => args.forceDestroy);
const keyDeletions = (recording: Recording) =>
  recording.typed("aws:kms/key:Key", z.object({ policy: PolicyText, deletionWindowInDays: z.number() })).map(({ args }) => ({
    days: args.deletionWindowInDays,
    denied: args.policy.some(({ Effect, Action }) => Effect === "Deny" && Action.includes("kms:ScheduleKeyDeletion")),
  }));

let kept: Recording;
let disposable: Recording;
beforeAll(async () => {
  // The committed stack file says nothing of it: this is what a system gets by default.
  kept = await deployedProd();
  disposable = await deployedProd({ protection: "disposable" });
});

describe("a protected system", () => {
  it("protects what holds data and the guard, and nothing else: an `up` may still replace an alarm", () => {
    expect(protectedUrns(kept).sort()).toEqual([...holders(kept), guardOf(kept)?.urn].sort());
    expect(holders(kept)).toHaveLength(HOLDERS);
  });

  it("has a guard that depends on everything, so that `destroy` refuses before it deletes anything", () => {
    expect(unguarded(kept)).toEqual([]);
  });

  it("empties no bucket, and denies everybody the deletion of its keys", () => {
    expect(forceDestroys(kept)).toEqual(BUCKETS.map(() => false));
    expect(keyDeletions(kept)).toEqual(KEYS.map(() => ({ days: 30, denied: true })));
  });
});

describe("a disposable system", () => {
  it("gives up everything, its buckets with what is in them", () => {
    expect(holders(disposable)).toHaveLength(HOLDERS);
    expect(protectedUrns(disposable)).toEqual([]);
    expect(forceDestroys(disposable)).toEqual(BUCKETS.map(() => true));
  });

  it("gives its keys up as early as AWS lets it", () => {
    expect(keyDeletions(disposable)).toEqual(KEYS.map(() => ({ days: 7, denied: false })));
  });

  it("has all that a protected one has", () => {
    const urns = ({ resources }: Recording) => resources.map(({ urn }) => urn).sort();

    expect(urns(disposable)).toEqual(urns(kept).filter((urn) => urn !== guardOf(kept)?.urn));
  });
});
