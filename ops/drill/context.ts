import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { EmbeddedAws } from "../../local/embedded-aws";
import type { Progress, Step } from "../../local/progress";
import type { Toolchain } from "../../local/toolchain";
import { messageOf } from "../../recovery/errors";
import type { Observer } from "./observer";

/** What every scenario works with. */
export interface DrillContext {
  readonly aws: EmbeddedAws;
  readonly toolchain: Toolchain;
  readonly progress: Progress;
  /** Where Pulumi.yaml is. */
  readonly projectDir: string;
  readonly runDir: string;
  readonly observers: { readonly primary: Observer; readonly recovery: Observer };
  /** Reads the recovery region's alarms, likewise. */
  readonly watcher: CloudWatchClient;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly random: () => number;
}

/** A step that says how it ended: by what came of it, or by what it threw. */
export const told = async <T>(
  progress: Progress,
  label: string,
  work: (step: Step) => Promise<T>,
  outcomeOf: (result: T) => string | undefined = () => undefined,
): Promise<T> => {
  const step = progress.step(label);
  try {
    const result = await work(step);
    step.done(outcomeOf(result));
    return result;
  } catch (error) {
    step.fail(messageOf(error));
    throw error;
  }
};
