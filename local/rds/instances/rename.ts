import type { Context } from "../api/context";
import { instanceExists } from "../api/errors";
import { arnOf } from "./names";
import type { Instance } from "./records";
import { readReplicasOf } from "./replicas";

/**
 * Another identifier and ARN for the same instance: its `DbiResourceId`, server, tags, snapshots, backups and replicas stay its own. On RDS the host
 * name changes with the identifier; here the endpoint is an address and a port, and both stay.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html
 */
export const rename = (instance: Instance, identifier: string, context: Context): void => {
  const { region, account } = context;
  if (region.instances.has(identifier)) throw instanceExists();
  const tags = region.tags.get(instance.arn);
  region.instances.delete(instance.identifier);
  region.tags.delete(instance.arn);
  instance.identifier = identifier;
  instance.arn = arnOf("db", identifier, { region: region.name, account });
  region.instances.set(identifier, instance);
  if (tags !== undefined) region.tags.set(instance.arn, tags);
  for (const { instance: replica } of readReplicasOf(instance, context)) {
    if (replica.replicaOf !== undefined) replica.replicaOf = { ...replica.replicaOf, arn: instance.arn };
  }
};
