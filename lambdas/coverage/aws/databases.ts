import { paginateDescribeDBInstances, type RDSClient } from "@aws-sdk/client-rds";
import type { Resource } from "../../../recovery/coverage/resource";

/** Database instances of the client's region, those of Aurora's clusters among them. */
export const listDatabases = async (client: RDSClient, region: string): Promise<readonly Resource[]> => {
  const found: Resource[] = [];
  for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client }, {}))
    for (const { DBInstanceIdentifier: name, DBInstanceArn: arn } of DBInstances)
      if (name !== undefined) found.push({ kind: "database", name, aliases: arn === undefined ? [] : [arn], region });
  return found;
};
