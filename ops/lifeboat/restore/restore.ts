import type { DBInstance } from "@aws-sdk/client-rds";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import { type Decision, decide, type RestoreQuestion } from "./decide";
import { isFailed, lookAt, type Origin } from "./found";
import { restoreNames } from "./names";
import type { Place, Proof, RestoreTools } from "./ports";
import { restoreRequest, settingsRequest } from "./request";
import { placeOf, untilAvailable, untilGone } from "./wait";

/** When this run did what; a step that an earlier run did is not in it. */
export interface Times {
  readonly askedAt?: Date;
  readonly availableAt?: Date;
  readonly provenAt?: Date;
  readonly removedAt?: Date;
  readonly renamedAt?: Date;
}

export interface Restored {
  readonly instance: string;
  readonly resourceId: string;
  readonly arn: string;
  readonly place: Place;
  readonly origin: Origin;
  /** undefined: nobody connected to it. */
  readonly proof?: Proof;
  readonly times: Times;
  readonly replication: Replication;
}

export type Replication =
  | { readonly state: "begun" | "found"; readonly arn: string; readonly replaces?: string }
  /** Nothing was replicated before, or nobody could say from what. */
  | { readonly state: "none" }
  | { readonly state: "failed"; readonly reason: string };

/**
 * Restores the failed database in its region and gives it the failed one's name. Beside first; the failed one is deleted only when the restored one was
 * found whole, because two instances cannot have one name. Whatever it is interrupted at, run again it goes on.
 */
export const restoreInRegion = async (tools: RestoreTools, question: RestoreQuestion): Promise<Restored> => {
  await mustServeHere(tools, question);
  const names = restoreNames(question.system);
  const decideNow = async (): Promise<Decision> => decide(await lookAt(tools.primary, question.system), question);
  let times: Times = {};
  let decision = await decideNow();
  if (decision.next === "restore") {
    const { failed, backup, to } = decision;
    tools.say(`Restoring ${names.beside} from the backups of ${failed.DbiResourceId}, to ${to.toISOString()}`);
    const target = { identifier: names.beside, resourceId: failed.DbiResourceId ?? "", to, askedAt: tools.now() };
    await tools.primary.restore(restoreRequest(failed, backup, target));
    times = { askedAt: tools.now() };
    decision = await decideNow();
  }
  let proof: Proof | undefined;
  if (decision.next === "replace") {
    const replaced = await replace(tools, decision, names.instance);
    proof = replaced.proof;
    times = { ...times, ...replaced.times };
    decision = await decideNow();
  }
  if (decision.next !== "finish") throw notFinished(names.instance);
  const { restored, origin } = decision;
  const standing = await untilAvailable(tools, restored.DbiResourceId ?? "", names.instance);
  return {
    instance: names.instance,
    resourceId: standing.DbiResourceId ?? "",
    arn: standing.DBInstanceArn ?? "",
    place: placeOf(standing),
    origin,
    proof,
    times,
    replication: await replicate(tools, standing, origin),
  };
};

/** A database that applications were sent away from is no longer the one to bring back. */
const mustServeHere = async ({ servingRegion, say }: RestoreTools, { region }: RestoreQuestion): Promise<void> => {
  const serving = await servingRegion();
  if (serving === undefined) say("Where applications are sent to could not be read: make sure that nobody has failed over");
  if (serving === undefined || serving === region) return;
  throw new LifeboatError({
    code: "target-refused",
    what: `Applications were sent to ${serving}: a database in ${region} would be a second one beside the live one`,
    received: `the live parameter says ${serving}`,
    allowed: region,
    hint: "Leave the failed one as it is. The way back to the primary region is failback, by hand in this release",
  });
};

interface Replaced {
  readonly proof?: Proof;
  readonly times: Times;
}

type Replacing = Extract<Decision, { readonly next: "replace" }>;

const replace = async (
  tools: RestoreTools,
  { restored: { DbiResourceId: resourceId = "" }, origin, failed }: Replacing,
  name: string,
): Promise<Replaced> => {
  const { primary, now, say } = tools;
  say("Waiting until it is available: RDS takes the base backup and replays the WAL since, minutes to hours");
  const restored = await untilAvailable(tools, resourceId);
  // An earlier run had begun to rename it.
  if (restored.DBInstanceIdentifier === name) return { times: {} };
  const availableAt = now();
  const proof = await tools.prove?.(placeOf(restored), { to: origin.restoredTo, askedAt: origin.askedAt });
  mustBeWhole(proof);
  say(proof === undefined ? "Nobody connected to it: RDS calls it available" : `It is usable: ${proof.tables} tables answered`);
  const provenAt = now();
  if (failed !== undefined) {
    const settings = settingsRequest(restored, failed);
    if (settings !== undefined) await primary.modify(settings);
    if (settings !== undefined) await untilAvailable(tools, resourceId);
    await removeFailed(tools, failed);
  }
  const removedAt = now();
  say(`Giving it the name ${name}`);
  await primary.modify({ DBInstanceIdentifier: restored.DBInstanceIdentifier, NewDBInstanceIdentifier: name, ApplyImmediately: true });
  await untilAvailable(tools, resourceId, name);
  return { proof, times: { availableAt, provenAt, removedAt, renamedAt: now() } };
};

const mustBeWhole = (proof: Proof | undefined): void => {
  const failed = (proof?.checks ?? []).filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  throw new LifeboatError({
    code: "digest-mismatch",
    what: "The restored database is not as an application needs it; the failed one was not touched",
    received: failed.map(({ name, expected, actual }) => `${name}: expected ${expected}, actual ${actual}`).join("; "),
    allowed: "every check passed",
    hint: "docs/runbooks/region-loss.md says how each is mended; run this again, and it is looked at again",
  });
};

/** Asked once more right before: what has come back meanwhile is not deleted. */
const removeFailed = async (tools: RestoreTools, { DbiResourceId: resourceId = "" }: DBInstance): Promise<void> => {
  const { primary, say } = tools;
  const failed = await primary.byResource(resourceId);
  if (failed === undefined) return;
  const { DBInstanceIdentifier: identifier = "", DBInstanceStatus: status } = failed;
  if (status !== "deleting") {
    if (!isFailed(failed)) throw cameBack(identifier, status);
    say(`Deleting ${identifier}, which failed (${resourceId}); its automated backups stay`);
    if (failed.DeletionProtection === true) await unprotect(tools, identifier);
    await primary.remove(identifier);
  }
  await untilGone(tools, resourceId);
};

const unprotect = async ({ primary }: RestoreTools, identifier: string): Promise<void> => {
  try {
    await primary.modify({ DBInstanceIdentifier: identifier, DeletionProtection: false, ApplyImmediately: true });
  } catch (cause) {
    throw new LifeboatError({
      code: "target-refused",
      what: `RDS does not take the deletion protection off ${identifier}, so its name cannot be freed`,
      received: messageOf(cause),
      hint: "The restored database is whole and serves under its own name: send applications there, and have AWS Support delete the failed one. Then run this again",
      cause,
    });
  }
};

/** The copies in the recovery region are of the old instance: new ones are begun, under the same key and for as long. */
const replicate = async (tools: RestoreTools, standing: DBInstance, { resourceId }: Origin): Promise<Replication> => {
  const { recovery, say } = tools;
  try {
    const current = await recovery.replicated(standing.DbiResourceId ?? "");
    const old = await recovery.replicated(resourceId);
    const replaces = old?.DBInstanceAutomatedBackupsArn;
    if (current?.DBInstanceAutomatedBackupsArn !== undefined)
      return { state: "found", arn: current.DBInstanceAutomatedBackupsArn, ...(replaces === undefined ? {} : { replaces }) };
    if (old === undefined) return { state: "none" };
    say("Beginning to replicate its automated backups to the recovery region");
    const arn = await recovery.replicate({
      SourceDBInstanceArn: standing.DBInstanceArn,
      KmsKeyId: old.KmsKeyId,
      BackupRetentionPeriod: old.BackupRetentionPeriod,
    });
    return { state: "begun", arn, ...(replaces === undefined ? {} : { replaces }) };
  } catch (error) {
    tools.signal.throwIfAborted();
    return { state: "failed", reason: messageOf(error) };
  }
};

const cameBack = (identifier: string, status: string | undefined): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: `${identifier} is not failed any more and is not deleted`,
    received: `it is ${status}`,
    hint: "Look at what it holds, which may be more than was restored; delete the restored one when it is not needed",
  });

const notFinished = (identifier: string): LifeboatError =>
  new LifeboatError({
    code: "internal",
    what: `RDS does not show yet what became of ${identifier}`,
    hint: "Run this again: it goes on where it stopped",
  });
