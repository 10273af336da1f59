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
  "kubernetes:core/v1:Namespace",
  "kubernetes:apps/v1:StatefulSet",
];
// Two keys, five buckets, a database with its replica and the replication of its backups, one namespace, one StatefulSet.
const HOLDERS = 12;

const protectedUrns = (recording: Recording) => recording.custom().flatMap(({ protect, urn }) => (protect ? [urn] : []));
const holders = (recording: Recording) => HOLDING.flatMap((type) => recording.all(type).map(({ urn }) => urn));
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
    expect(forceDestroys(kept)).toEqual([false, false, false, false, false]);
    expect(keyDeletions(kept)).toEqual([
      { days: 30, denied: true },
      { days: 30, denied: true },
    ]);
  });
});

describe("a disposable system", () => {
  it("gives up everything, its buckets with what is in them", () => {
    expect(holders(disposable)).toHaveLength(HOLDERS);
    expect(protectedUrns(disposable)).toEqual([]);
    expect(forceDestroys(disposable)).toEqual([true, true, true, true, true]);
  });

  it("gives its keys up as early as AWS lets it", () => {
    expect(keyDeletions(disposable)).toEqual([
      { days: 7, denied: false },
      { days: 7, denied: false },
    ]);
  });

  it("has all that a protected one has", () => {
    const urns = ({ resources }: Recording) => resources.map(({ urn }) => urn).sort();

    expect(urns(disposable)).toEqual(urns(kept).filter((urn) => urn !== guardOf(kept)?.urn));
  });
});
