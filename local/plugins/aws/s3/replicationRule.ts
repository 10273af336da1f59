import {
  DeleteMarkerReplicationStatus,
  type Destination,
  ExistingObjectReplicationStatus,
  MetricsStatus,
  ReplicaModificationsStatus,
  type ReplicationRule,
  ReplicationRuleStatus,
  ReplicationTimeStatus,
  SseKmsEncryptedObjectsStatus,
  StorageClass,
} from "@aws-sdk/client-s3";
import type { InputRule, Properties } from "../../protocol/resource";
import { compact, number, record, requiredRecord, requiredText, text } from "../../protocol/values";
import { choice } from "../choice";
import { filterRead, prefixOf } from "./filter";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html */

const status = { fields: { status: { required: true } } };
const minutes = { fields: { minutes: { required: true } } };

export const replicationRuleFields: { readonly [name: string]: InputRule } = {
  id: { chosenByService: true },
  priority: { chosenByService: true },
  status: { required: true },
  filter: { fields: { prefix: {} } },
  deleteMarkerReplication: status,
  existingObjectReplication: status,
  sourceSelectionCriteria: { fields: { replicaModifications: status, sseKmsEncryptedObjects: status } },
  destination: {
    required: true,
    fields: {
      bucket: { required: true },
      account: {},
      storageClass: {},
      encryptionConfiguration: { fields: { replicaKmsKeyId: { required: true } } },
      metrics: { fields: { status: { required: true }, eventThreshold: minutes } },
      replicationTime: { fields: { status: { required: true }, time: { required: true, ...minutes } } },
    },
  },
};

/** An option that is only a status: `{ status: "Enabled" }`. */
const option = <T extends string>(from: Properties, name: string, allowed: { readonly [key: string]: T }) => {
  const given = record(from, name);
  return given && { Status: choice(given, "status", allowed) };
};

const minutesOf = (from: Properties | undefined) => from && { Minutes: number(from, "minutes") };

export function ruleToAws(rule: Properties): ReplicationRule {
  const criteria = record(rule, "sourceSelectionCriteria");
  const outdated = record(rule, "filter") === undefined;
  return {
    ID: text(rule, "id"),
    // A rule without a filter is of the first version, which knows neither priority nor delete markers.
    Priority: number(rule, "priority"),
    Status: choice(rule, "status", ReplicationRuleStatus),
    ...(outdated ? { Prefix: "" } : { Filter: { Prefix: prefixOf(rule) } }),
    DeleteMarkerReplication: option(rule, "deleteMarkerReplication", DeleteMarkerReplicationStatus),
    ExistingObjectReplication: option(rule, "existingObjectReplication", ExistingObjectReplicationStatus),
    SourceSelectionCriteria: criteria && {
      ReplicaModifications: option(criteria, "replicaModifications", ReplicaModificationsStatus),
      SseKmsEncryptedObjects: option(criteria, "sseKmsEncryptedObjects", SseKmsEncryptedObjectsStatus),
    },
    Destination: destinationToAws(requiredRecord(rule, "destination")),
  };
}

function destinationToAws(destination: Properties): Destination {
  const encryption = record(destination, "encryptionConfiguration");
  const metrics = record(destination, "metrics");
  const time = record(destination, "replicationTime");
  return {
    Bucket: requiredText(destination, "bucket"),
    Account: text(destination, "account"),
    StorageClass: choice(destination, "storageClass", StorageClass),
    EncryptionConfiguration: encryption && { ReplicaKmsKeyID: requiredText(encryption, "replicaKmsKeyId") },
    Metrics: metrics && { Status: choice(metrics, "status", MetricsStatus), EventThreshold: minutesOf(record(metrics, "eventThreshold")) },
    ReplicationTime: time && { Status: choice(time, "status", ReplicationTimeStatus), Time: minutesOf(record(time, "time")) },
  };
}

const optionRead = (found: { readonly Status?: string } | undefined) => found && compact({ status: found.Status });
const minutesRead = (found: { readonly Minutes?: number } | undefined) => found && compact({ minutes: found.Minutes });

export function ruleFromAws(rule: ReplicationRule, written: Properties | undefined): Properties {
  const criteria = rule.SourceSelectionCriteria;
  return compact({
    id: rule.ID,
    priority: rule.Priority,
    status: rule.Status,
    filter:
      filterRead(rule.Filter?.Prefix ?? rule.Prefix ?? "", written) ?? (rule.Filter && written === undefined ? { prefix: "" } : undefined),
    deleteMarkerReplication: optionRead(rule.DeleteMarkerReplication),
    existingObjectReplication: optionRead(rule.ExistingObjectReplication),
    sourceSelectionCriteria:
      criteria &&
      compact({
        replicaModifications: optionRead(criteria.ReplicaModifications),
        sseKmsEncryptedObjects: optionRead(criteria.SseKmsEncryptedObjects),
      }),
    destination: rule.Destination && destinationFromAws(rule.Destination),
  });
}

function destinationFromAws(destination: Destination): Properties {
  const { Metrics: metrics, ReplicationTime: time, EncryptionConfiguration: encryption } = destination;
  return compact({
    bucket: destination.Bucket,
    account: destination.Account,
    storageClass: destination.StorageClass,
    encryptionConfiguration: encryption && compact({ replicaKmsKeyId: encryption.ReplicaKmsKeyID }),
    metrics: metrics && compact({ status: metrics.Status, eventThreshold: minutesRead(metrics.EventThreshold) }),
    replicationTime: time && compact({ status: time.Status, time: minutesRead(time.Time) }),
  });
}
