import type * as pulumi from "@pulumi/pulumi";
import { recoveryStep, type StepEvent } from "../components/functions/step";
import type { RecoveryFunctions } from "./drCatalogue";

/** Runs one of the functions that stand ready, once. */
export type Step = <T>(
  name: keyof RecoveryFunctions,
  result: Parameters<typeof recoveryStep<T>>[3],
  event: StepEvent,
  options?: pulumi.CustomResourceOptions,
) => pulumi.Output<T>;

export const stepsOf =
  (functions: RecoveryFunctions, recovery: pulumi.CustomResourceOptions): Step =>
  (name, result, event, options) =>
    recoveryStep(name, functions[name], event, result, { ...recovery, ...options });
