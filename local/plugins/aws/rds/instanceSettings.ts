import type { DBInstance, ModifyDBInstanceMessage } from "@aws-sdk/client-rds";
import type { Properties } from "../../protocol/resource";
import { flag, number, requiredText, text, texts } from "../../protocol/values";
import { type Tags, tagList } from "../common";

/** A new instance: what RDS answered, and the settings that the call could not take and a ModifyDBInstance has to. */
export interface Started {
  readonly instance: DBInstance | undefined;
  readonly left: Omit<ModifyDBInstanceMessage, "DBInstanceIdentifier">;
  /** What is left takes effect with a restart only. */
  readonly reboot?: boolean;
}

const unlessNone = <T>(list: T[] | undefined): T[] | undefined => (list === undefined || list.length === 0 ? undefined : list);

/** What every call takes that makes an instance. */
export const common = (inputs: Properties, tags: Tags) => ({
  DBInstanceClass: requiredText(inputs, "instanceClass"),
  AvailabilityZone: text(inputs, "availabilityZone"),
  AutoMinorVersionUpgrade: flag(inputs, "autoMinorVersionUpgrade"),
  CopyTagsToSnapshot: flag(inputs, "copyTagsToSnapshot"),
  DBParameterGroupName: text(inputs, "parameterGroupName"),
  DBSubnetGroupName: text(inputs, "dbSubnetGroupName"),
  DeletionProtection: flag(inputs, "deletionProtection"),
  EnableCloudwatchLogsExports: unlessNone(texts(inputs, "enabledCloudwatchLogsExports")),
  Engine: text(inputs, "engine"),
  MultiAZ: flag(inputs, "multiAz"),
  Port: number(inputs, "port"),
  PubliclyAccessible: flag(inputs, "publiclyAccessible"),
  Tags: unlessNone(tagList(tags)),
  VpcSecurityGroupIds: unlessNone(texts(inputs, "vpcSecurityGroupIds")),
});
