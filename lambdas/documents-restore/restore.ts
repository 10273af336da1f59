import { recoveryResultKey } from "../../recovery/catalogue/keys";
import { LifeboatError } from "../../recovery/errors";
import { RESERVED_DOCUMENTS_PREFIX } from "../../recovery/names";
import type { Deadline } from "../shared/deadline";
import { eachInFlight } from "../shared/in-flight";
import type { ListedObject, ObjectStore } from "../shared/objects";
import { requirePlan } from "../shared/plans";
import { documentsAsOf } from "./as-of";
import { type Compared, compare } from "./compare";
import type { CopyDocument } from "./copy";
import type { DocumentsRestoreEvent, DocumentsRestoreResponse } from "./events";
import { claimTarget, refuseForeign, requireOwnBucket } from "./target";

export interface RestoreTools {
  readonly system: string;
  readonly vault: ObjectStore;
  readonly documentsReplica: ObjectStore;
  readonly target: ObjectStore;
  readonly copy: CopyDocument;
  readonly recoveredBucketPrefix: string;
  readonly now: () => Date;
  readonly deadline: Deadline;
}

/** One CopyObject is latency, not work: S3 copies by itself. */
const COPIES_IN_FLIGHT = 8;

/** Copies the documents as of the plan's time into the recovery's own bucket. Interrupted, it goes on where it stopped when it is called again. */
export const restoreDocuments = async (tools: RestoreTools, event: DocumentsRestoreEvent): Promise<DocumentsRestoreResponse> => {
  const plan = await requirePlan(tools.vault, tools.system, event.recoveryId);
  const objects = plan.stores.objects;
  requireOwnBucket(plan, event.targetBucket, tools.recoveredBucketPrefix);
  if (objects === undefined || objects.bucket !== tools.documentsReplica.bucket)
    throw otherSource(objects?.bucket, tools.documentsReplica.bucket);
  const marker = await claimTarget(tools.target, plan, tools.now());

  const time = new Date(objects.arrivedAt ?? objects.asOf);
  const before = await copyMissing(tools, time);
  const after = await count(tools, time);
  const checks = [
    { name: "objects", expected: String(after.wanted), actual: String(after.present), passed: after.wanted === after.present },
  ];
  const result: DocumentsRestoreResponse = {
    schema: "lifeboat/restored-objects/1",
    system: tools.system,
    recoveryId: plan.recoveryId,
    store: "objects",
    targetBucket: tools.target.bucket,
    asOf: objects.asOf,
    startedAt: marker.startedAt,
    finishedAt: tools.now().toISOString(),
    objects: after.present,
    sizeBytes: after.sizeBytes,
    alreadyThere: before.present,
    checks,
    passed: checks.every(({ passed }) => passed),
  };
  await tools.vault.put(recoveryResultKey(plan.recoveryId, "objects"), JSON.stringify(result), { contentType: "application/json" });
  return result;
};

const copyMissing = async (tools: RestoreTools, time: Date): Promise<{ readonly present: number }> => {
  let present = 0;
  let copied = 0;
  await eachInFlight(compared(tools, time), COPIES_IN_FLIGHT, async (one) => {
    if (one.kind === "present") present += 1;
    if (one.kind !== "missing") return;
    tools.deadline(() => `${present + copied} documents are in ${tools.target.bucket}`);
    await tools.copy(one.document);
    copied += 1;
  });
  return { present };
};

/** Compares once more after the copying: what a call answered is not what a bucket holds. */
const count = async (tools: RestoreTools, time: Date) => {
  const counted = { wanted: 0, present: 0, sizeBytes: 0 };
  for await (const one of compared(tools, time)) {
    if (one.kind === "foreign") continue;
    counted.wanted += 1;
    if (one.kind === "missing") continue;
    counted.present += 1;
    counted.sizeBytes += one.document.sizeBytes;
  }
  return counted;
};

async function* compared({ documentsReplica, target }: RestoreTools, time: Date): AsyncIterable<Compared> {
  for await (const one of compare(documentsAsOf(documentsReplica.versions(""), time), documentsIn(target))) {
    if (one.kind === "foreign") throw refuseForeign(target, one.key);
    yield one;
  }
}

async function* documentsIn(target: ObjectStore): AsyncIterable<ListedObject> {
  for await (const page of target.list("")) for (const object of page) if (!object.key.startsWith(RESERVED_DOCUMENTS_PREFIX)) yield object;
}

const otherSource = (planned: string | undefined, configured: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "The plan does not restore documents from this function's bucket",
    received: planned ?? "a plan without objects",
    allowed: configured,
    hint: "Resolve a plan with store objects in this region",
  });
