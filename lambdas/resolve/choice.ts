import type { RecoveryPlan } from "../../recovery/catalogue/plan";

export type PlannedStore = keyof RecoveryPlan["stores"];

/** Why there is nothing to recover a store to. */
export interface Refusal {
  readonly store: PlannedStore;
  readonly reason: string;
  /** The newest of the points that were looked at, each with why it was not taken. */
  readonly passedOver: readonly { readonly key: string; readonly reason: string }[];
}

/** What a store is recovered to, or why there is nothing. */
export type Choice<S extends PlannedStore> =
  | { readonly chosen: NonNullable<RecoveryPlan["stores"][S]>; readonly refusal?: undefined }
  | { readonly chosen?: undefined; readonly refusal: Refusal };

export const refuse = (store: PlannedStore, reason: string, passedOver: Refusal["passedOver"] = []) => ({
  refusal: { store, reason, passedOver },
});

/** A refusal in a line. */
export const describeRefusal = ({ store, reason, passedOver }: Refusal): string =>
  [`${store}: ${reason}`, passedOver.map((point) => `${point.key} (${point.reason})`).join(", ")].filter((part) => part !== "").join(": ");
