import { catalogueOf } from "../../../../lambdas/shared/catalogue";
import { earlierRecoveries } from "../../../../lambdas/shared/earlier-recoveries";
import { planKey, recoveryResultKey } from "../../../../recovery/catalogue/keys";
import { PostgresResult } from "../../../../recovery/postgres/result";
import { CATALOGUE_KEY } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";
import { SYSTEM } from "../support/chroma-point";
import { ENDPOINT, planDatabase, planPromotion, RESOLVED_AT } from "../support/database-plan";

const USABLE_AT = "2026-11-24T10:09:30.000Z";

const addResult = (vault: MemoryObjects, recoveryId: string, changes: Partial<PostgresResult> = {}): void => {
  const time = { startedAt: USABLE_AT, connectedAt: USABLE_AT, recoveryEndedAt: USABLE_AT, usableAt: USABLE_AT };
  const result = PostgresResult.parse({
    schema: "lifeboat/postgres-result/1",
    ...{ system: SYSTEM, recoveryId, store: "postgres", endpoint: ENDPOINT, ...time },
    ...{ serverVersion: "15.10", tables: 3, checks: [], passed: true },
    ...changes,
  });
  vault.add(recoveryResultKey(recoveryId, "postgres"), JSON.stringify(result));
};

test("what ended well is measured from its plan until the database was usable, by its method", async () => {
  const vault = new MemoryObjects("vault");
  planDatabase(vault, "drill-1", "2026-11-24T09:00:00.000Z");
  addResult(vault, "drill-1");
  planPromotion(vault, "failover-2");
  addResult(vault, "failover-2");
  vault.add("catalogue/recoveries/promotions/db-R.json", "{}");

  await expect(earlierRecoveries(catalogueOf(vault, CATALOGUE_KEY), SYSTEM)).resolves.toEqual([
    { method: "restore", recoveryId: "drill-1", resolvedAt: new Date(RESOLVED_AT), usableAt: new Date(USABLE_AT) },
    { method: "promotion", recoveryId: "failover-2", resolvedAt: new Date(RESOLVED_AT), usableAt: new Date(USABLE_AT) },
  ]);
});

test.each([
  ["that has not ended", (_vault: MemoryObjects) => {}],
  ["that failed its checks", (vault: MemoryObjects) => addResult(vault, "r-1", { passed: false })],
  [
    "whose plan is of another form",
    (vault: MemoryObjects) => {
      addResult(vault, "r-1");
      vault.add(planKey("r-1"), "{}");
    },
  ],
])("one %s measures nothing", async (_what, change) => {
  const vault = new MemoryObjects("vault");
  planDatabase(vault, "r-1", "2026-11-24T09:00:00.000Z");
  change(vault);

  await expect(earlierRecoveries(catalogueOf(vault, CATALOGUE_KEY), SYSTEM)).resolves.toEqual([]);
});

test("one of another system measures nothing", async () => {
  const vault = new MemoryObjects("vault");
  planDatabase(vault, "r-1", "2026-11-24T09:00:00.000Z");
  addResult(vault, "r-1");

  await expect(earlierRecoveries(catalogueOf(vault, CATALOGUE_KEY), "other")).resolves.toEqual([]);
});
