import { validationKey } from "../../recovery/catalogue/keys";
import { LifeboatError } from "../../recovery/errors";
import type { Deadline } from "../shared/deadline";
import type { ObjectStore } from "../shared/objects";
import { requirePlan } from "../shared/plans";
import type { ValidateEvent, ValidateResponse } from "./events";
import { type HeldKeys, heldKeys } from "./held-keys";
import { checkReferences } from "./references";
import type { RestoredChroma } from "./restored-chroma";
import type { RestoredPostgres } from "./restored-postgres";
import { checkChroma, checkObjects, checkPostgres, planAsFound } from "./stores";

export interface ValidateTools {
  readonly system: string;
  readonly vault: ObjectStore;
  readonly documentsReplica: ObjectStore;
  /** The bucket of the event. */
  readonly documents: ObjectStore;
  readonly chroma: RestoredChroma;
  /** The database of the event; undefined when it names none. */
  readonly postgres: RestoredPostgres | undefined;
  readonly now: () => Date;
  readonly deadline: Deadline;
}

/** Checks the restored stores against the plan and against each other, and keeps what it saw in the catalogue. */
export const validate = async (tools: ValidateTools, event: ValidateEvent): Promise<ValidateResponse> => {
  const { system, vault, now } = tools;
  const startedAt = now().toISOString();
  const plan = await planAsFound(vault, await requirePlan(vault, system, event.recoveryId));
  const stores = [
    ...(await checkPostgres(vault, plan, event.postgres, tools.postgres)),
    ...(await checkChroma(vault, plan, tools.chroma, tools.deadline)),
    ...(await checkObjects(vault, plan, event.documentsBucket)),
  ];
  const across = await checkReferences({ ...tools, plan, heldDocuments: onceListed(tools) }, event.references);
  const checks = [...stores, ...across.checks];
  const result: ValidateResponse = {
    schema: "lifeboat/validation/1",
    system,
    recoveryId: event.recoveryId,
    chromaUrl: event.chromaUrl,
    documentsBucket: event.documentsBucket,
    postgres: event.postgres,
    startedAt,
    finishedAt: now().toISOString(),
    // Nothing compared is nothing proven.
    passed: checks.length > 0 && checks.every(({ passed }) => passed),
    checks,
    brokenReferences: across.broken.listed,
    brokenCount: across.broken.count,
    lossReferences: across.loss.listed,
    lossCount: across.loss.count,
  };
  // Each run is a version of its own in the vault: the newest one counts, and none is lost.
  await vault.put(validationKey(event.recoveryId), JSON.stringify(result), { contentType: "application/json" });
  return result;
};

/**
 * A validation that did not pass is an error of its caller, after its result was kept: `dr` stops there, and its next `up` validates
 * again instead of taking an old answer.
 */
export const requirePassed = (result: ValidateResponse): ValidateResponse => {
  if (result.passed) return result;
  const failed = result.checks.filter(({ passed }) => !passed);
  throw new LifeboatError({
    code: "digest-mismatch",
    what: "The restored stores did not pass their validation; applications were not sent to them",
    received: failed.map(({ name, expected, actual }) => `${name}: expected ${expected}, actual ${actual}`).join("; ") || "no check",
    allowed: "every check passed",
    hint: `Read ${validationKey(result.recoveryId)} in the vault for the records concerned; pulumi up validates again, and docs/runbooks/region-loss.md says how to go on`,
  });
};

const onceListed = ({ documents, deadline }: ValidateTools): (() => Promise<HeldKeys>) => {
  let listed: Promise<HeldKeys> | undefined;
  let pages = 0;
  return () => {
    listed ??= heldKeys(documents, () => {
      pages += 1;
      deadline(() => `${pages} pages of ${documents.bucket} listed`);
    });
    return listed;
  };
};
