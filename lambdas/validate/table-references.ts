import type { TableReference } from "./events";
import { type Explanation, explainByBackfill, explainByDeletion, explainByExport, explainByTime } from "./explain";
import { note, type ReferenceFindings, referenceCheck } from "./findings";
import type { ReferenceTools } from "./reference-tools";
import type { PointingRow, RestoredPostgres } from "./restored-postgres";

/** Looks for what every row of a table points to, batch by batch. A row with null in the column points nowhere. */
export const checkTableReference = async (
  tools: ReferenceTools,
  postgres: RestoredPostgres,
  reference: TableReference,
  findings: ReferenceFindings,
): Promise<void> => {
  const { table, column, to } = reference;
  const name = `references ${table}.${column} to ${to === "documents" ? to : to.collection}`;
  if (to !== "documents" && (await tools.chroma.count(to.collection)) === undefined) {
    findings.checks.push({ name, expected: "a restored collection", actual: "none", passed: false });
    return;
  }
  const counted = { named: 0, broken: 0, loss: 0 };
  const isThere = await postgres.pointingRows(reference, async (rows) => {
    tools.deadline(() => `${counted.named} references of ${table}.${column} checked`);
    counted.named += rows.length;
    const present = await presentOf(tools, to, rows);
    for (const { row, key, writtenAt } of rows) {
      if (present(key)) continue;
      const explanation = await explain(tools, to, key, writtenAt);
      note(findings, counted, explanation, { table, row, column, to, key, reason: explanation.reason });
    }
  });
  findings.checks.push(
    isThere ? referenceCheck(name, counted) : { name, expected: "a restored table with these columns", actual: "none", passed: false },
  );
};

/** Documents were listed once; of vectors only those of this batch are asked for. */
const presentOf = async (
  tools: ReferenceTools,
  to: TableReference["to"],
  rows: readonly PointingRow[],
): Promise<(key: string) => boolean> => {
  if (to === "documents") {
    const held = await tools.heldDocuments();
    return (key) => held.has(key);
  }
  const found = await tools.chroma.metadata(to.collection, [...new Set(rows.map(({ key }) => key))]);
  const ids = new Set(found.map(({ id }) => id));
  return (key) => ids.has(key);
};

const explain = async (
  { plan, documentsReplica }: ReferenceTools,
  to: TableReference["to"],
  key: string,
  writtenAt: Date | undefined,
): Promise<Explanation> => {
  const { chroma, objects, postgres } = plan.stores;
  if (to !== "documents") {
    const byTime = explainByTime("row", writtenAt, { kind: "vector", asOf: chroma?.asOf ?? "" });
    return byTime.isLoss ? byTime : (explainByExport(plan) ?? byTime);
  }
  const byTime = explainByTime("row", writtenAt, { kind: "object", asOf: objects?.asOf ?? "" });
  if (byTime.isLoss) return byTime;
  const byBackfill = await explainByBackfill(documentsReplica, key, plan, writtenAt);
  if (byBackfill !== undefined || postgres === undefined) return byBackfill ?? byTime;
  const database = { name: "the database's time", asOf: postgres.asOf } as const;
  return (await explainByDeletion(documentsReplica, key, plan, database)) ?? byTime;
};
