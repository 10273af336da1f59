import { z } from "zod";
import type { Standing } from "../../../recovery/catalogue/standing";
import { createdProd } from "../support/clusters";
import { standingOf } from "../support/deployed";
import { deployedDr, worldOf } from "../support/dr";
import { RECOVERY, SYSTEM } from "../support/prod";
import type { Recording } from "../support/recording";

const CLUSTER = { kind: "standing", namespace: "acme-chroma" };
const Rule = z.object({ securityGroupId: z.string(), referencedSecurityGroupId: z.string() });

let warm: Standing;
let onDemand: Standing;
beforeAll(async () => {
  warm = standingOf(await createdProd("warm"));
});
beforeAll(async () => {
  onDemand = standingOf(await createdProd("onDemand"));
});

const recovered = (standing: Standing, changes: Readonly<Record<string, unknown>>): Promise<Recording> =>
  deployedDr({ cluster: CLUSTER, ...changes }, { ...worldOf({ standing }), clusters: [`${SYSTEM}-recovery`] });

const admissionsOf = (run: Recording): readonly string[] =>
  run
    .typed("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", Rule)
    .map(({ args }) => `${args.referencedSecurityGroupId} to ${args.securityGroupId}`)
    .sort();

const placesOf = (run: Recording) => run.all("kubernetes:apps/v1:StatefulSet").map(({ place }) => place);

const FUNCTIONS_GROUP = `${RECOVERY}/${SYSTEM}-functions-recovery`;
const REPLICA = `${RECOVERY}/postgres-replica`;
const RESTORED = `${RECOVERY}/postgres`;
const TO_PODS = `${FUNCTIONS_GROUP} to sg-cluster`;

describe("dr, with a cluster that prod prepared", () => {
  it.each([
    ["a drill", { mode: "drill" }, [`${FUNCTIONS_GROUP} to ${RESTORED}`, TO_PODS]],
    ["a failover that promotes the replica", { mode: "failover" }, [TO_PODS, `sg-cluster to ${REPLICA}`]],
    [
      "a failover that restores",
      { mode: "failover", strategy: "point-in-time" },
      [`${FUNCTIONS_GROUP} to ${RESTORED}`, TO_PODS, `sg-cluster to ${RESTORED}`, `sg-cluster to ${REPLICA}`],
    ],
  ])("%s makes it without IAM, works on it, and lets it in to the database that it recovers", async (_what, changes, admissions) => {
    const run = await recovered(onDemand, changes);

    const cluster = run.get("aws:eks/cluster:Cluster", "cluster");
    expect(run.created().filter(({ type }) => type.startsWith("aws:iam/"))).toEqual([]);
    expect(cluster.place).toBe(RECOVERY);
    expect(cluster.protect).toBe(changes.mode === "failover");
    expect(placesOf(run)).toEqual([`${SYSTEM}-recovery-${changes.mode}-0a1b2c3d`]);
    expect(admissionsOf(run)).toEqual([...admissions].sort());
  });
});

describe("dr, with a cluster that stands warm", () => {
  it.each([
    ["drill", [`${FUNCTIONS_GROUP} to ${RESTORED}`]],
    ["failover", []],
  ])("mode %s works on it and makes none; prod has opened its doors", async (mode, admissions) => {
    const run = await recovered(warm, { mode });

    expect(run.all("aws:eks/cluster:Cluster")).toEqual([]);
    expect(placesOf(run)).toEqual([`${SYSTEM}-recovery`]);
    expect(admissionsOf(run)).toEqual(admissions);
  });

  it("a failover that restores lets it in to the new database", async () => {
    const run = await recovered(warm, { mode: "failover", strategy: "point-in-time" });

    expect(admissionsOf(run)).toContainEqual(`sg-${SYSTEM}-recovery to ${RESTORED}`);
  });
});
