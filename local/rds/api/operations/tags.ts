import { z } from "zod";
import { parseArn } from "../../instances/names";
import { readTags, type Tags, tagList } from "../../instances/region";
import type { Context, Operation } from "../context";
import { backupNotFound, instanceNotFound, invalidValue, RdsError, snapshotNotFound } from "../errors";
import { none, parseInput, tags } from "../inputs";

/** 50 for each resource: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html */
const most = 50;

/** @throws RdsError for a resource that is not there, with the code of its kind. */
const tagsOf = (arn: string, { region }: Context): Tags => {
  const parsed = parseArn(arn);
  if (parsed === undefined || parsed.region !== region.name) {
    throw invalidValue(`The specified resource name does not match an RDS resource in this region: ${arn}`);
  }
  const { kind, name } = parsed;
  const resource = find(region, kind, name.toLowerCase());
  if (resource === undefined) throw absent(kind, name, arn);
  const existing = region.tags.get(resource.arn) ?? new Map<string, string>();
  region.tags.set(resource.arn, existing);
  return existing;
};

const find = (region: Context["region"], kind: string, name: string): { readonly arn: string } | undefined => {
  if (kind === "db") return region.instances.get(name);
  if (kind === "snapshot") return region.snapshots.get(name);
  if (kind === "subgrp") return region.subnetGroups.get(name);
  if (kind === "pg") return region.parameterGroups.get(name);
  return [...region.backups.values()].find(({ arn }) => arn.endsWith(`:${kind}:${name}`));
};

const absent = (kind: string, name: string, arn: string): RdsError => {
  if (kind === "db") return instanceNotFound(name);
  if (kind === "snapshot") return snapshotNotFound(name);
  if (kind === "subgrp") return new RdsError("DBSubnetGroupNotFoundFault", `DB subnet group '${name}' does not exist.`);
  if (kind === "pg") return new RdsError("DBParameterGroupNotFound", `DBParameterGroup not found: ${name}`);
  return backupNotFound(arn);
};

export const addTagsToResource: Operation = (raw, context) => {
  const { ResourceName, Tags } = parseInput("AddTagsToResource", z.strictObject({ ResourceName: z.string(), Tags: tags }), raw);
  const existing = tagsOf(ResourceName, context);
  const given = readTags(Tags);
  if (new Set([...existing.keys(), ...given.keys()]).size > most) throw invalidValue(`A resource can have ${most} tags at most.`);
  for (const [key, value] of given) existing.set(key, value);
  return {};
};

export const removeTagsFromResource: Operation = (raw, context) => {
  const shape = z.strictObject({ ResourceName: z.string(), TagKeys: z.array(z.string()) });
  const { ResourceName, TagKeys } = parseInput("RemoveTagsFromResource", shape, raw);
  const existing = tagsOf(ResourceName, context);
  for (const key of TagKeys) existing.delete(key);
  return {};
};

export const listTagsForResource: Operation = (raw, context) => {
  const shape = z.strictObject({ ResourceName: z.string(), Filters: none });
  const { ResourceName } = parseInput("ListTagsForResource", shape, raw);
  tagsOf(ResourceName, context);
  return { TagList: tagList(context.region, ResourceName) };
};
