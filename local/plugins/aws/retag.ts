import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../protocol/resource";
import { allTags, removedTags, type Tags } from "./common";
import type { AwsContext } from "./context";

/** The two calls by which a service changes the tags of a resource that exists. */
export interface Tagging {
  tag(tags: Tags): Promise<unknown>;
  untag(keys: string[]): Promise<unknown>;
}

/** Brings a resource's tags from `olds` to `news`; calls nothing when they are the same. */
export async function retag(context: AwsContext, olds: Properties, news: Properties, { tag, untag }: Tagging): Promise<void> {
  const before = allTags(context, olds);
  const tags = allTags(context, news);
  if (isDeepStrictEqual(before, tags)) return;
  const removed = removedTags(before, tags);
  if (removed.length > 0) await untag(removed);
  if (Object.keys(tags).length > 0) await tag(tags);
}
