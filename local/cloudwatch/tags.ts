import { z } from "zod";
import { CloudWatchError } from "./errors";
import type { Context } from "./region";
import { parseInput, tag } from "./shapes";

const tagsOf = (arn: string, { region }: Context): Map<string, string> => {
  const tags = region.tags.get(arn);
  if (tags === undefined) throw new CloudWatchError("ResourceNotFoundException", `${arn} does not exist or cannot have tags here`, 404);
  return tags;
};

export const tagResource = (raw: unknown, context: Context): object => {
  const { ResourceARN, Tags } = parseInput(z.strictObject({ ResourceARN: z.string(), Tags: z.array(tag) }), raw);
  const tags = tagsOf(ResourceARN, context);
  for (const { Key, Value } of Tags) tags.set(Key, Value);
  return {};
};

export const untagResource = (raw: unknown, context: Context): object => {
  const { ResourceARN, TagKeys } = parseInput(z.strictObject({ ResourceARN: z.string(), TagKeys: z.array(z.string()) }), raw);
  const tags = tagsOf(ResourceARN, context);
  for (const key of TagKeys) tags.delete(key);
  return {};
};

export const listTagsForResource = (raw: unknown, context: Context): object => {
  const { ResourceARN } = parseInput(z.strictObject({ ResourceARN: z.string() }), raw);
  return { Tags: [...tagsOf(ResourceARN, context)].map(([Key, Value]) => ({ Key, Value })) };
};
