import type { Operation } from "./context";
import { deleteDBInstanceAutomatedBackup, describeDBInstanceAutomatedBackups } from "./operations/automatedBackups";
import { copyDBSnapshot } from "./operations/copySnapshot";
import { createDBInstance } from "./operations/create";
import { createDBInstanceReadReplica } from "./operations/createReadReplica";
import { deleteDBInstance } from "./operations/delete";
import { describeDBInstances } from "./operations/describeInstances";
import { describeDBEngineVersions } from "./operations/engineVersions";
import { describeEvents } from "./operations/events";
import { modifyDBInstance } from "./operations/modify";
import { createDBParameterGroup, deleteDBParameterGroup, describeDBParameterGroups } from "./operations/parameterGroups";
import { describeDBParameters, modifyDBParameterGroup, resetDBParameterGroup } from "./operations/parameters";
import { promoteReadReplica } from "./operations/promoteReadReplica";
import { rebootDBInstance } from "./operations/reboot";
import { startDBInstanceAutomatedBackupsReplication, stopDBInstanceAutomatedBackupsReplication } from "./operations/replication";
import { restoreDBInstanceFromDBSnapshot } from "./operations/restoreSnapshot";
import { restoreDBInstanceToPointInTime } from "./operations/restoreTime";
import { createDBSnapshot, deleteDBSnapshot, describeDBSnapshots } from "./operations/snapshots";
import { createDBSubnetGroup, deleteDBSubnetGroup, describeDBSubnetGroups, modifyDBSubnetGroup } from "./operations/subnetGroups";
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from "./operations/tags";

/** Every operation that is served. Another one is refused by its name. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["CreateDBInstance", createDBInstance],
  ["CreateDBInstanceReadReplica", createDBInstanceReadReplica],
  ["PromoteReadReplica", promoteReadReplica],
  ["DescribeDBInstances", describeDBInstances],
  ["ModifyDBInstance", modifyDBInstance],
  ["RebootDBInstance", rebootDBInstance],
  ["DeleteDBInstance", deleteDBInstance],
  ["RestoreDBInstanceToPointInTime", restoreDBInstanceToPointInTime],
  ["RestoreDBInstanceFromDBSnapshot", restoreDBInstanceFromDBSnapshot],
  ["CreateDBSnapshot", createDBSnapshot],
  ["CopyDBSnapshot", copyDBSnapshot],
  ["DescribeDBSnapshots", describeDBSnapshots],
  ["DeleteDBSnapshot", deleteDBSnapshot],
  ["DescribeDBInstanceAutomatedBackups", describeDBInstanceAutomatedBackups],
  ["DeleteDBInstanceAutomatedBackup", deleteDBInstanceAutomatedBackup],
  ["StartDBInstanceAutomatedBackupsReplication", startDBInstanceAutomatedBackupsReplication],
  ["StopDBInstanceAutomatedBackupsReplication", stopDBInstanceAutomatedBackupsReplication],
  ["CreateDBSubnetGroup", createDBSubnetGroup],
  ["DescribeDBSubnetGroups", describeDBSubnetGroups],
  ["ModifyDBSubnetGroup", modifyDBSubnetGroup],
  ["DeleteDBSubnetGroup", deleteDBSubnetGroup],
  ["CreateDBParameterGroup", createDBParameterGroup],
  ["DescribeDBParameterGroups", describeDBParameterGroups],
  ["ModifyDBParameterGroup", modifyDBParameterGroup],
  ["ResetDBParameterGroup", resetDBParameterGroup],
  ["DeleteDBParameterGroup", deleteDBParameterGroup],
  ["DescribeDBParameters", describeDBParameters],
  ["AddTagsToResource", addTagsToResource],
  ["RemoveTagsFromResource", removeTagsFromResource],
  ["ListTagsForResource", listTagsForResource],
  ["DescribeEvents", describeEvents],
  ["DescribeDBEngineVersions", describeDBEngineVersions],
]);
