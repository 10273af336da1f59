import { KMSClient, type Tag } from "@aws-sdk/client-kms";
import type { Properties } from "../../protocol/resource";
import { regionOf, type Tags } from "../common";
import type { AwsContext } from "../context";

export const kms = (context: AwsContext, properties: Properties): KMSClient => context.client(KMSClient, regionOf(context, properties));

/** KMS spells its tags in its own way. */
export const kmsTags = (tags: Tags): Tag[] => Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

export const tagsOf = (list: readonly Tag[] | undefined): Tags =>
  Object.fromEntries((list ?? []).map(({ TagKey, TagValue }) => [TagKey, TagValue]));

/** The errors that say a key is gone. */
export const gone = ["NotFoundException", "KMSInvalidStateException"] as const;
