import type { RecoveryPlan } from "../../recovery/catalogue/plan";

export type PlannedStore = keyof RecoveryPlan["stores"];

/** What a store is recovered to, or why there is nothing, beginning with the store's name. */
export type Choice<S extends PlannedStore> =
  | { readonly chosen: NonNullable<RecoveryPlan["stores"][S]>; readonly problem?: undefined }
  | { readonly chosen?: undefined; readonly problem: string };
