import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { Check } from "../../recovery/catalogue/point";
import type { Deadline } from "../shared/deadline";
import { eachInFlight } from "../shared/in-flight";
import type { ObjectStore } from "../shared/objects";
import { LISTED_REFERENCES, type MissingReference, type Reference } from "./events";
import { type Explanation, explainByDeletion, explainByRecord, timeOf } from "./explain";
import type { HeldKeys } from "./held-keys";
import type { RestoredChroma } from "./restored-chroma";

export interface ReferenceTools {
  readonly plan: RecoveryPlan;
  readonly chroma: RestoredChroma;
  readonly held: HeldKeys;
  readonly documentsReplica: ObjectStore;
  readonly deadline: Deadline;
}

/** Missing references of one kind: all counted, the first ones listed. */
export interface Missing {
  count: number;
  readonly listed: MissingReference[];
}

export interface ReferenceFindings {
  readonly checks: Check[];
  readonly broken: Missing;
  readonly loss: Missing;
}

const IDS_PER_PAGE = 1000;
const PAGES_IN_FLIGHT = 2;

/** Looks for the object of every record, page by page. A record without the field, or with null in it, names none. */
export const checkReferences = async (tools: ReferenceTools, references: readonly Reference[]): Promise<ReferenceFindings> => {
  const findings: ReferenceFindings = { checks: [], broken: { count: 0, listed: [] }, loss: { count: 0, listed: [] } };
  for (const reference of references) await checkReference(tools, reference, findings);
  return findings;
};

const checkReference = async (tools: ReferenceTools, reference: Reference, findings: ReferenceFindings): Promise<void> => {
  const name = `references ${reference.collection}.${reference.metadataField}`;
  const ids = await tools.chroma.ids(reference.collection);
  if (ids === undefined) {
    findings.checks.push({ name, expected: "a restored collection", actual: "none", passed: false });
    return;
  }
  const before = { broken: findings.broken.count, loss: findings.loss.count };
  let named = 0;
  await eachInFlight(pagesOf(ids), PAGES_IN_FLIGHT, async (page) => {
    tools.deadline(() => `${named} of ${ids.length} references of ${reference.collection} checked`);
    for (const { id, metadata } of await tools.chroma.metadata(reference.collection, page)) {
      const fields = fieldsOf(metadata);
      const key = fields[reference.metadataField];
      if (key === undefined || key === null) continue;
      named += 1;
      if (typeof key === "string" && tools.held.has(key)) continue;
      const explanation = await explain(tools, reference, key, fields);
      const missing = { collection: reference.collection, recordId: id, metadataField: reference.metadataField, objectKey: String(key) };
      note(explanation.withinSkew ? findings.loss : findings.broken, { ...missing, reason: explanation.reason });
    }
  });
  const broken = findings.broken.count - before.broken;
  const loss = findings.loss.count - before.loss;
  findings.checks.push({
    name,
    expected: `0 broken of ${named}`,
    actual: `${broken} broken of ${named}${loss === 0 ? "" : `, ${loss} lost within the skew`}`,
    passed: broken === 0,
  });
};

const explain = async (
  { plan, documentsReplica }: ReferenceTools,
  { timeField }: Reference,
  key: unknown,
  fields: Readonly<Record<string, unknown>>,
): Promise<Explanation> => {
  if (typeof key !== "string") return { withinSkew: false, reason: "the field holds no key" };
  const byRecord = explainByRecord(timeField === undefined ? undefined : timeOf(fields[timeField]), plan.stores.objects?.asOf ?? "");
  if (byRecord.withinSkew) return byRecord;
  return (await explainByDeletion(documentsReplica, key, plan)) ?? byRecord;
};

const note = (missing: Missing, reference: MissingReference): void => {
  missing.count += 1;
  if (missing.listed.length < LISTED_REFERENCES) missing.listed.push(reference);
};

// Only text and times are read, so that JSON.parse's rounding of large numbers does no harm.
const fieldsOf = (metadata: string | null): Readonly<Record<string, unknown>> => {
  const fields: unknown = metadata === null ? {} : JSON.parse(metadata);
  return typeof fields === "object" && fields !== null ? Object.fromEntries(Object.entries(fields)) : {};
};

function* pagesOf(ids: readonly string[]): Iterable<readonly string[]> {
  for (let start = 0; start < ids.length; start += IDS_PER_PAGE) yield ids.slice(start, start + IDS_PER_PAGE);
}
