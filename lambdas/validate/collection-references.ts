import { eachInFlight } from "../shared/in-flight";
import type { CollectionReference } from "./events";
import { type Explanation, explainByBackfill, explainByDeletion, explainByTime, timeOf } from "./explain";
import { note, type ReferenceFindings, referenceCheck } from "./findings";
import type { ReferenceTools } from "./reference-tools";

const PAGES_IN_FLIGHT = 2;

/** Looks for the object of every record of a collection, page by page. A record without the field, or with null in it, names none. */
export const checkCollectionReference = async (
  tools: ReferenceTools,
  reference: CollectionReference,
  findings: ReferenceFindings,
): Promise<void> => {
  const { collection, metadataField } = reference;
  const name = `references ${collection}.${metadataField}`;
  const pages = await tools.chroma.ids(collection);
  if (pages === undefined) {
    findings.checks.push({ name, expected: "a restored collection", actual: "none", passed: false });
    return;
  }
  const held = await tools.heldDocuments();
  const counted = { named: 0, broken: 0, loss: 0 };
  await eachInFlight(pages, PAGES_IN_FLIGHT, async (page) => {
    tools.deadline(() => `${counted.named} references of ${collection} checked`);
    for (const { id, metadata } of await tools.chroma.metadata(collection, page)) {
      const fields = fieldsOf(metadata);
      const key = fields[metadataField];
      if (key === undefined || key === null) continue;
      counted.named += 1;
      if (typeof key === "string" && held.has(key)) continue;
      const explanation = await explain(tools, reference, key, fields);
      const missing = { collection, recordId: id, metadataField, objectKey: String(key), reason: explanation.reason };
      note(findings, counted, explanation, missing);
    }
  });
  findings.checks.push(referenceCheck(name, counted));
};

const explain = async (
  { plan, documentsReplica }: ReferenceTools,
  { timeField }: CollectionReference,
  key: unknown,
  fields: Readonly<Record<string, unknown>>,
): Promise<Explanation> => {
  if (typeof key !== "string") return { isLoss: false, reason: "the field holds no key" };
  const writtenAt = timeField === undefined ? undefined : timeOf(fields[timeField]);
  const byTime = explainByTime("record", writtenAt, { kind: "object", asOf: plan.stores.objects?.asOf ?? "" });
  if (byTime.isLoss) return byTime;
  const byBackfill = await explainByBackfill(documentsReplica, key, plan, writtenAt);
  if (byBackfill !== undefined || plan.stores.chroma === undefined) return byBackfill ?? byTime;
  const vectors = { name: "the vectors' time", asOf: plan.stores.chroma.asOf } as const;
  return (await explainByDeletion(documentsReplica, key, plan, vectors)) ?? byTime;
};

// Only text and times are read, so that JSON.parse's rounding of large numbers does no harm.
const fieldsOf = (metadata: string | null): Readonly<Record<string, unknown>> => {
  const fields: unknown = metadata === null ? {} : JSON.parse(metadata);
  return typeof fields === "object" && fields !== null ? Object.fromEntries(Object.entries(fields)) : {};
};
