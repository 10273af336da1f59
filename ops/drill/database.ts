import { type DBInstance, DescribeDBInstancesCommand, type RDSClient } from "@aws-sdk/client-rds";
import type { EmbeddedAws } from "../../local/embedded-aws";
import { LifeboatError } from "../../recovery/errors";
import { databaseNames } from "../../recovery/names";
import { REGIONS, SYSTEM } from "./profile";

/** The protected database as RDS describes it. */
export const describedDatabase = async (rds: RDSClient, instance: string = databaseNames(SYSTEM).instance): Promise<DBInstance> => {
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance }));
  if (DBInstances[0] !== undefined) return DBInstances[0];
  throw new LifeboatError({ code: "store-unavailable", what: `RDS describes no ${instance}`, hint: "Read engine.log in the run's folder" });
};

/** Where a standby is that commits wait for: RDS says that there is one, the embedded RDS whether commits wait. */
export const synchronousStandby = ({ rds }: EmbeddedAws, instance: string = databaseNames(SYSTEM).instance): string | undefined => {
  const standby = rds.instances(REGIONS.primary).find(({ identifier }) => identifier === instance)?.server?.standby;
  return standby?.synchronous === true ? standby.zone : undefined;
};
