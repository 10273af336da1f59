import type { InputRule, Properties, ResourceHandler } from "../protocol/resource";
import { compact, text, textMap } from "../protocol/values";
import type { AwsContext } from "./context";

/** aws v7: every regional resource may name its region; another region is another resource. */
export const regionInput = { region: { replaces: true } } satisfies { [name: string]: InputRule };

export const tagsInput = { tags: {} } satisfies { [name: string]: InputRule };

/** For `ResourceHandler.configured` of a regional resource: the region stands in its inputs from the first check on. */
export const regionFromProvider: NonNullable<ResourceHandler<AwsContext>["configured"]> = (context) => ({ region: context.region });

/** The region of a resource: its own or the provider's. */
export const regionOf = (context: AwsContext, properties: Properties): string => text(properties, "region") ?? context.region;

export type Tags = Record<string, string>;

/** What is really put on the resource: the provider's default tags under the resource's own. */
export const allTags = (context: AwsContext, inputs: Properties): Tags => ({ ...context.defaultTags, ...(textMap(inputs, "tags") ?? {}) });

/** Tags as AWS lists them. */
export const tagList = (tags: Tags): { Key: string; Value: string }[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Tags as AWS lists them, as a map; tags that AWS itself sets are left out, as in the official plugin. */
export function tagMap(list: readonly { readonly Key?: string; readonly Value?: string }[] | undefined): Tags {
  const tags: Tags = {};
  for (const { Key, Value } of list ?? []) if (Key !== undefined && !Key.startsWith("aws:")) tags[Key] = Value ?? "";
  return tags;
}

/** The keys to remove when tags change from `olds` to `news`. */
export const removedTags = (olds: Tags, news: Tags): string[] => Object.keys(olds).filter((key) => news[key] === undefined);

/**
 * The input `tags` that explains the tags found on the resource. Default tags are not the resource's own; a program that gives no
 * tags reads back none, so that the same state shows no difference.
 */
export function tagsRead(context: AwsContext, found: Tags, state: Properties): { readonly tags?: Tags } {
  const before = textMap(state, "tags");
  const own: Tags = {};
  for (const [key, value] of Object.entries(found)) {
    if (context.defaultTags[key] !== value || before?.[key] !== undefined) own[key] = value;
  }
  return before === undefined && Object.keys(own).length === 0 ? {} : { tags: own };
}

/** Inputs that AWS does not give back (`forceDestroy`, waiting windows): kept from the state. */
export const kept = (state: Properties, ...names: readonly string[]): Properties =>
  compact(Object.fromEntries(names.map((name) => [name, state[name]])));

/** True for the errors that say a resource is gone. */
export const isNamed = (thrown: unknown, ...names: readonly string[]): boolean => thrown instanceof Error && names.includes(thrown.name);

/** The result of `call`; undefined when it fails with one of the errors that say the resource is gone. */
export async function unlessGone<T>(call: Promise<T>, ...names: readonly string[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (thrown) {
    if (isNamed(thrown, ...names)) return undefined;
    throw thrown;
  }
}
