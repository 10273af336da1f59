import { addBackup, factsOf } from "../../instances/backups";
import { arnOf, newResourceId } from "../../instances/names";
import { valuesOf } from "../../instances/parameters";
import type { Encryption, Instance, ReplicaSource, Settings } from "../../instances/records";
import { readTags } from "../../instances/region";
import type { Context } from "../context";
import { instanceExists } from "../errors";
import { parameterGroupNamed } from "./groups";

export interface NewInstance {
  readonly identifier: string;
  readonly settings: Settings;
  readonly encryption: Encryption;
  readonly engineVersion: string;
  readonly masterUsername: string;
  readonly databaseName?: string;
  readonly replicaOf?: ReplicaSource;
  readonly tags?: readonly { readonly Key?: string; readonly Value?: string }[];
}

export const mustBeFree = (identifier: string, { region }: Context): void => {
  if (region.instances.has(identifier)) throw instanceExists();
};

/** Puts an instance on record, in state `creating`. Nothing is awaited here: two calls for one name cannot both pass. */
export const addInstance = (made: NewInstance, context: Context): Instance => {
  const { region, account, now, random } = context;
  mustBeFree(made.identifier, context);
  const tags = readTags(made.tags);
  const instance: Instance = {
    identifier: made.identifier,
    arn: arnOf("db", made.identifier, { region: region.name, account }),
    resourceId: newResourceId(random),
    region: region.name,
    createdAt: now,
    engineVersion: made.engineVersion,
    masterUsername: made.masterUsername,
    databaseName: made.databaseName,
    encryption: made.encryption,
    settings: made.settings,
    pending: {},
    passwordPending: false,
    status: "creating",
    parameters: valuesOf(parameterGroupNamed(made.settings.parameterGroup, context), context.software),
    parameterStatus: "in-sync",
    replicaOf: made.replicaOf,
    failingOver: false,
    unpowered: false,
    lost: false,
  };
  region.instances.set(instance.identifier, instance);
  region.tags.set(instance.arn, tags);
  const { backupRetentionDays: retentionDays } = instance.settings;
  if (retentionDays > 0) addBackup(region, factsOf(instance, context), { encryption: instance.encryption, retentionDays }, context);
  return instance;
};
