import { chooseTiers, type KeptObjects, type TierChoice } from "../../../recovery/objects/tiers";
import type { DocumentsValues } from "../../config/documents";

/** A bucket's objects under a prefix, moved to colder classes as they age. */
export interface Tiering {
  readonly id: string;
  readonly prefix: string;
  /** Versions are kept for as long again when they are no longer current. */
  readonly keepsVersions: boolean;
  readonly choice: TierChoice;
}

/** The cheapest classes for what is kept under a prefix; undefined where none is cheaper than STANDARD, or none is wanted. */
export const tieringOf = (
  { id, prefix, keepsVersions }: Omit<Tiering, "choice">,
  kept: KeptObjects,
  { tiers, prices }: Pick<DocumentsValues, "tiers" | "prices">,
): Tiering | undefined => {
  if (tiers === "off") return undefined;
  const choice = chooseTiers(kept, prices);
  return choice.transitions.length === 0 ? undefined : { id, prefix, keepsVersions, choice };
};

/**
 * The lifecycle rule of a choice. Object Lock stands in no transition's way: a lock holds a version, whatever its class.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
 */
export const tierRule = ({ id, prefix, keepsVersions, choice }: Tiering) => ({
  id,
  status: "Enabled",
  filter:
    prefix === ""
      ? { objectSizeGreaterThan: choice.minimumBytes - 1 }
      : { and: { prefix, objectSizeGreaterThan: choice.minimumBytes - 1 } },
  transitions: choice.transitions.map(({ days, storageClass }) => ({ days, storageClass })),
  ...(keepsVersions
    ? // A version that is overwritten before its day counts from then on, and is kept for a whole period more.
      {
        noncurrentVersionTransitions: choice.transitions.map(({ days, storageClass }) => ({
          noncurrentDays: Math.max(1, days),
          storageClass,
        })),
      }
    : {}),
});
