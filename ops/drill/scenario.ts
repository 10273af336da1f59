import type { DatabaseLags } from "../../local/embedded-aws/rds";
import type { StackResult } from "../../local/stacks";
import { messageOf } from "../../recovery/errors";
import type { EvidenceCheck, Observations } from "../../recovery/evidence/evidence";
import type { Company } from "./company";
import type { DrillContext } from "./context";
import type { ScenarioName } from "./options";

/** A disaster, what must be protected before it, and how it ends. */
export interface Scenario {
  readonly name: ScenarioName;
  /** How far the embedded databases' copies are behind. */
  readonly databases: DatabaseLags;
  /** Documents that the company begins with. */
  readonly documents: number;
  /** Whether the cluster's backup jobs run too: they take the machine's time every minute. */
  readonly jobs: boolean;
  /** What must be there before the disaster, one after the other: a drill measures what is lost after that. */
  readonly awaits: readonly Protection[];
  /** Makes the disaster, sees the recovery through, and compares what is there with the ledger. A step that fails is a failed check of what this resolves to. */
  loseAndRecover(context: DrillContext, before: Protected): Promise<Findings>;
}

/** Waits until what was loaded is protected in one way. */
export type Protection = (context: DrillContext, loaded: Loaded) => Promise<void>;

export interface Loaded {
  readonly at: Date;
  readonly company: Company;
}

/** `prod` is deployed, and the company works on it. */
export interface Protected {
  readonly company: Company;
  readonly prodUp: StackResult;
  /** Every ref of the company's repository; none where no job exports it. */
  readonly refs: Readonly<Record<string, string>>;
  /** From the end of the load until all that the scenario awaits was there. */
  readonly protectSeconds: number;
}

/** What a scenario observed: the evidence but for what every run adds. */
export type Findings = Omit<
  Observations,
  "scenario" | "startedAt" | "disasterAt" | "recoveredAt" | "rtoSeconds" | "rtoObjectiveSeconds"
> & {
  readonly disasterAt: Date;
  /** When the application's writes were acknowledged by every store again; absent when they were not. */
  readonly servedAt?: Date;
};

/** A step that failed, as a check: the evidence of a recovery that did not succeed. */
export const failedStep = (name: string, error: unknown): EvidenceCheck => ({
  store: "recovery",
  name,
  expected: "succeeds",
  actual: messageOf(error),
  passed: false,
});

export const check = (store: string, name: string, expected: string, actual: string, passed: boolean): EvidenceCheck => ({
  store,
  name,
  expected,
  actual,
  passed,
});
