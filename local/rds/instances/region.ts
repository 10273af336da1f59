import { invalidValue } from "../api/errors";
import type { Subnet } from "../surroundings";
import { type RdsEvent, record } from "./events";
import type { AutomatedBackup, Instance, Snapshot } from "./records";

export interface SubnetGroup {
  readonly name: string;
  readonly arn: string;
  description: string;
  vpcId: string;
  subnets: readonly Subnet[];
}

export interface ParameterGroup {
  readonly name: string;
  readonly arn: string;
  readonly family: string;
  readonly description: string;
  /** What a program changed, by name. */
  readonly values: Map<string, { readonly value: string; readonly method: "immediate" | "pending-reboot" }>;
}

export type Tags = Map<string, string>;

/** What an account has in one region; nothing of it is read to answer for another region, but where a call names that region's ARN. */
export interface Region {
  readonly name: string;
  readonly instances: Map<string, Instance>;
  readonly snapshots: Map<string, Snapshot>;
  /** By `DbiResourceId`: a region has either its own backups of an instance, or replicated ones. */
  readonly backups: Map<string, AutomatedBackup>;
  readonly subnetGroups: Map<string, SubnetGroup>;
  /** Availability zones without power. */
  readonly lostZones: Set<string>;
  readonly parameterGroups: Map<string, ParameterGroup>;
  readonly events: RdsEvent[];
  /** By ARN. */
  readonly tags: Map<string, Tags>;
}

export const createRegion = (name: string): Region => ({
  name,
  instances: new Map(),
  snapshots: new Map(),
  backups: new Map(),
  subnetGroups: new Map(),
  lostZones: new Set(),
  parameterGroups: new Map(),
  events: [],
  tags: new Map(),
});

export const instanceEvent = (
  region: Region,
  { identifier, arn }: Instance,
  event: Pick<RdsEvent, "category" | "message" | "date">,
): void => record(region.events, { sourceType: "db-instance", sourceIdentifier: identifier, sourceArn: arn, ...event });

export const snapshotEvent = (
  region: Region,
  { identifier, arn }: Snapshot,
  event: Pick<RdsEvent, "category" | "message" | "date">,
): void => record(region.events, { sourceType: "db-snapshot", sourceIdentifier: identifier, sourceArn: arn, ...event });

export const tagList = (region: Region, arn: string): readonly { readonly Key: string; readonly Value: string }[] =>
  [...(region.tags.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }));

export const readTags = (tags: readonly { readonly Key?: string; readonly Value?: string }[] = []): Tags => {
  const read: Tags = new Map();
  for (const { Key, Value } of tags) {
    if (Key === undefined || Key === "") throw invalidValue("A tag has no key");
    if (Key.startsWith("aws:") || Key.startsWith("rds:")) throw invalidValue(`The tag key ${Key} has a prefix that is reserved for AWS`);
    read.set(Key, Value ?? "");
  }
  return read;
};
