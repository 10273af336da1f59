import { z } from "zod";
import { readProd } from "../../../infra/config/read";
import { Standing } from "../../../recovery/catalogue/standing";
import { databaseNames } from "../../../recovery/names";
import { committed } from "../../unit/infra/config/stackFiles";
import { existing } from "../cluster/existing";
import { ACCOUNT } from "../support/outputs";
import { deployedProd, POSTGRES, PRIMARY, RECOVERY, SYSTEM } from "../support/prod";
import type { Recording } from "../support/recording";

const { clusters: values } = readProd(committed("prod"));
const clusters = { primary: existing(values.primary), recovery: existing(values.recovery) };
const postgres = POSTGRES;
const { instance, replica, group } = databaseNames(SYSTEM);
const replicaOf = (run: Recording) => run.get("aws:rds/instance:Instance", "postgres-replica");

let recording: Recording;
beforeAll(async () => {
  recording = await deployedProd();
});

describe("the standing replica", () => {
  it("follows the protected database from the recovery region, under that region's key, in groups and a network of its own", () => {
    const { inputs, place } = replicaOf(recording);

    expect(place).toBe(RECOVERY);
    expect(inputs).toMatchObject({
      identifier: replica,
      replicateSourceDb: `arn:aws:rds:${PRIMARY}:${ACCOUNT}:db:${instance}`,
      storageEncrypted: true,
      kmsKeyId: `arn:aws:kms:${RECOVERY}:${ACCOUNT}:key/${RECOVERY}-recovery-key`,
      dbSubnetGroupName: group,
      parameterGroupName: group,
      vpcSecurityGroupIds: [`${RECOVERY}/postgres-replica`],
      port: clusters.recovery.databasePort,
      instanceClass: postgres.instanceClass,
      publiclyAccessible: false,
    });
  });

  it("is neither undone nor deleted by a later up or destroy, once a failover has promoted it", () => {
    const { ignoreChanges, protect, retainOnDelete, inputs } = replicaOf(recording);

    expect(retainOnDelete).toBe(true);
    expect(protect).toBe(true);
    expect(inputs).toMatchObject({ deletionProtection: true });
    expect(ignoreChanges).toEqual(
      expect.arrayContaining(["replicateSourceDb", "backupRetentionPeriod", "backupWindow", "multiAz", "deletionProtection", "password"]),
    );
  });

  it("lets the functions and the cluster of its region in before the worst day, and nobody else", () => {
    const Rule = z.object({ securityGroupId: z.string(), referencedSecurityGroupId: z.string(), fromPort: z.number() });

    const rules = recording
      .typed("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", Rule)
      .filter(({ args }) => args.securityGroupId === `${RECOVERY}/postgres-replica`)
      .map(({ args }) => [args.referencedSecurityGroupId, args.fromPort]);

    expect(rules.sort()).toEqual(
      [
        [`${RECOVERY}/${SYSTEM}-functions-recovery`, clusters.recovery.databasePort],
        [clusters.recovery.securityGroupId, clusters.recovery.databasePort],
      ].sort(),
    );
  });
});

it("may listen at a port of its own, which the functions there are let out to as well", async () => {
  const { primary, recovery } = clusters;
  const run = await deployedProd({ clusters: { primary, recovery: { ...recovery, replicaPort: 5544 } } });

  const Rule = z.object({ securityGroupId: z.string(), fromPort: z.number() });
  const leaving = run
    .typed("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", Rule)
    .filter(({ place }) => place === RECOVERY)
    .map(({ args }) => args.fromPort);
  expect(replicaOf(run).inputs).toMatchObject({ port: 5544 });
  expect(leaving).toEqual(expect.arrayContaining([5544, recovery.databasePort]));
});

it("of a disposable system goes with the system", async () => {
  const { protect, retainOnDelete, inputs } = replicaOf(await deployedProd({ protection: "disposable" }));

  expect([protect, retainOnDelete]).toEqual([false, false]);
  expect(inputs).toMatchObject({ deletionProtection: false, skipFinalSnapshot: true });
});

it("without one nothing stands there, recoveries are told of none, and the critical tier is refused with the numbers", async () => {
  const without = await deployedProd({ postgres: { tier: "standard", alarmAt: "45m", replica: false } });

  const { value } = z.object({ value: z.string() }).parse(without.get("aws:ssm/parameter:Parameter", "parameters-standing").inputs);
  expect(without.all("aws:rds/instance:Instance").map(({ name }) => name)).toEqual(["postgres"]);
  expect(Standing.parse(JSON.parse(value)).postgres?.replica).toBeUndefined();
  await expect(deployedProd({ postgres: { tier: "critical", alarmAt: "10m", replica: false } })).rejects.toThrow(
    'postgres: interval 0 s + duration 0 s + lag 30 min = 30 min cannot meet the RPO of tier "critical", 15 min',
  );
});
