import * as z from "zod";
import { STRATEGIES } from "../store";
import { Proposal } from "../strategy/proposal";
import { LEDGER_STORES } from "./ledger";
import { PHASES, sumOfPhases } from "./phases";
import { DATABASE_METHODS, StrategyMeasured } from "./strategies";

/** Times have milliseconds; the slack is for the sum of six rounded differences. */
export const ROUNDING_SECONDS = 0.01;

const Seconds = z.number().nonnegative();
const Count = z.int().nonnegative();
const Time = z.iso.datetime();

/** `note`: why a phase took no time, or what it was here. */
const PhaseTime = z.strictObject({ name: z.enum(PHASES), seconds: Seconds, note: z.string().optional() });

/** What one store lost, in counts of acknowledged writes and in seconds, against its objective. */
export const StoreEvidence = z
  .strictObject({
    lossSeconds: Seconds,
    acknowledgedWrites: Count,
    lostWrites: Count,
    recovered: Count,
    rpoObjectiveSeconds: z.number().positive(),
    met: z.boolean(),
  })
  .refine((store) => store.recovered + store.lostWrites === store.acknowledgedWrites, "recovered + lostWrites must be acknowledgedWrites")
  .refine((store) => store.lostWrites > 0 || store.lossSeconds === 0, "without a lost write, lossSeconds is 0")
  .refine(
    (store) => store.met === store.lossSeconds <= store.rpoObjectiveSeconds,
    "met must say whether lossSeconds is within the objective",
  );
export type StoreEvidence = z.infer<typeof StoreEvidence>;

export const EvidenceCheck = z.strictObject({
  store: z.string(),
  name: z.string(),
  expected: z.string(),
  actual: z.string(),
  passed: z.boolean(),
});
export type EvidenceCheck = z.infer<typeof EvidenceCheck>;

/** What was the real thing, and what stood in for it. */
export const Part = z.strictObject({ name: z.string(), real: z.boolean(), note: z.string() });
export type Part = z.infer<typeof Part>;

const exactlyOne = (step: { readonly seconds?: unknown; readonly lagSeconds?: unknown }): boolean =>
  (step.seconds === undefined) !== (step.lagSeconds === undefined);

/** A step of this run, as measured: how long it took, or how far behind it was. */
export const MeasuredStep = z
  .strictObject({ seconds: Seconds.optional(), lagSeconds: Seconds.optional(), note: z.string() })
  .refine(exactlyOne, "a step has either seconds or lagSeconds");
export type MeasuredStep = z.infer<typeof MeasuredStep>;

/** The same step on AWS: null where no figure is published, and the note says so. */
export const EstimatedStep = z
  .strictObject({
    seconds: Seconds.nullable().optional(),
    lagSeconds: Seconds.nullable().optional(),
    source: z.string().min(1),
    note: z.string(),
  })
  .refine(exactlyOne, "a step has either seconds or lagSeconds");
export type EstimatedStep = z.infer<typeof EstimatedStep>;

/** An alarm as a subscriber received it. */
export const AlarmSeen = z.strictObject({
  name: z.string(),
  store: z.string(),
  region: z.string(),
  state: z.string(),
  stateChangedAt: Time,
  receivedAt: Time,
  /** null when the alarm came from missing data: nothing was measured any more. */
  lagSeconds: Seconds.nullable(),
  objectiveSeconds: z.number().positive(),
  runbookUrl: z.string(),
  reason: z.string(),
});
export type AlarmSeen = z.infer<typeof AlarmSeen>;

const evidenceFields = z.strictObject({
  scenario: z.string().min(1),
  /** null: the scenario leaves none to choose. */
  strategy: z.enum(STRATEGIES).nullable(),
  startedAt: Time,
  disasterAt: Time,
  /** When the recovery was begun, by an alarm or by AWS itself; null: nothing began it. */
  decidedAt: Time.nullable(),
  /** null: the system was never recovered. */
  recoveredAt: Time.nullable(),
  /** Those that ended, in their order. */
  phases: z.array(PhaseTime),
  rtoSeconds: Seconds.nullable(),
  rtoObjectiveSeconds: z.number().positive(),
  /** A store that is not deployed is absent. */
  stores: z.partialRecord(z.enum(LEDGER_STORES), StoreEvidence),
  /** What the live signals spoke for when the recovery was decided; null when they were not asked. */
  proposal: Proposal.nullable(),
  /** The ways in which the database was brought back in this run, the one that applications were sent to among them. */
  databaseStrategies: z.partialRecord(z.enum(DATABASE_METHODS), StrategyMeasured),
  checks: z.array(EvidenceCheck),
  parts: z.array(Part),
  measuredLocal: z.record(z.string(), MeasuredStep),
  estimatedOnAws: z.record(z.string(), EstimatedStep),
  alarms: z.array(AlarmSeen),
  /** Calls to the lost region that the recovery attempted, answered or not; null: no region was lost. */
  primaryRegionCallsAfterDisaster: Count.nullable(),
  verdict: z.enum(["recovered", "failed"]),
});
type EvidenceFields = z.infer<typeof evidenceFields>;

/** All that a drill observed; the verdict follows from it. */
export type Observations = Omit<EvidenceFields, "verdict">;

export interface Verdict {
  readonly verdict: EvidenceFields["verdict"];
  /** Every missed objective and failed check, in words; empty when recovered. */
  readonly reasons: readonly string[];
}

/** Judges a recovery. Nothing that was not checked counts as passed. */
export const verdictOf = (observed: Observations): Verdict => {
  const reasons = [...timeReasons(observed), ...storeReasons(observed), ...checkReasons(observed), ...dependenceReasons(observed)];
  return { verdict: reasons.length === 0 ? "recovered" : "failed", reasons };
};

const timeReasons = ({ decidedAt, recoveredAt, rtoSeconds, rtoObjectiveSeconds }: Observations): readonly string[] => {
  if (decidedAt === null) return ["nothing began the recovery: no alarm came, and AWS began none by itself"];
  if (recoveredAt === null || rtoSeconds === null) return ["the system was not recovered"];
  return rtoSeconds > rtoObjectiveSeconds ? [`RTO missed: ${rtoSeconds} s, objective ${rtoObjectiveSeconds} s`] : [];
};

const storeReasons = ({ stores }: Observations): readonly string[] => {
  const all = Object.entries(stores);
  if (all.length === 0) return ["no store's loss was measured"];
  return all.flatMap(([name, store]) => [
    ...(store.acknowledgedWrites === 0 ? [`${name}: no write was acknowledged before the disaster, so nothing was measured`] : []),
    ...(store.met ? [] : [`${name}: RPO missed: ${store.lossSeconds} s were lost, objective ${store.rpoObjectiveSeconds} s`]),
  ]);
};

const checkReasons = ({ stores, checks }: Observations): readonly string[] => [
  ...Object.keys(stores)
    .filter((store) => !checks.some((check) => check.store === store))
    .map((store) => `${store}: nothing was checked`),
  ...checks
    .filter((check) => !check.passed)
    .map((check) => `${check.store}: check "${check.name}" failed: expected ${check.expected}, actual ${check.actual}`),
];

const dependenceReasons = ({ primaryRegionCallsAfterDisaster: calls }: Observations): readonly string[] =>
  calls === 0 || calls === null ? [] : [`the recovery called the lost region ${calls === 1 ? "once" : `${calls} times`}`];

const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;
const near = (a: number, b: number): boolean => Math.abs(a - b) <= ROUNDING_SECONDS;

/** evidence.json. What can be derived is checked against what it derives from, so that no report contradicts itself. */
export const Evidence = evidenceFields.superRefine((evidence, context) => {
  const fault = (path: keyof EvidenceFields, message: string): void => context.addIssue({ code: "custom", path: [path], message });
  const { disasterAt, decidedAt, recoveredAt, phases, rtoSeconds, verdict } = evidence;

  if (phases.some((phase, index) => phase.name !== PHASES[index]))
    fault("phases", `must be ${PHASES.join(", ")}, in this order, from the first on`);
  const decide = phases[0]?.seconds;
  const decided = decidedAt === null ? undefined : secondsBetween(disasterAt, decidedAt);
  if (decide === undefined ? decided !== undefined : decided === undefined || !near(decide, decided))
    fault("decidedAt", "must be the end of phase decide");

  if ((recoveredAt === null) !== (rtoSeconds === null)) fault("rtoSeconds", "is null when, and only when, recoveredAt is null");
  if (recoveredAt !== null && rtoSeconds !== null) {
    if (!near(rtoSeconds, secondsBetween(disasterAt, recoveredAt))) fault("rtoSeconds", "must be recoveredAt - disasterAt");
    if (phases.length !== PHASES.length) fault("phases", "a recovered system went through every phase");
    else if (!near(sumOfPhases(phases), rtoSeconds)) fault("phases", "must add up to rtoSeconds: they are disjoint and leave nothing out");
  }
  const judged = verdictOf(evidence);
  if (judged.verdict !== verdict) fault("verdict", `must be "${judged.verdict}"${judged.reasons.map((reason) => `; ${reason}`).join("")}`);
});
export type Evidence = z.infer<typeof Evidence>;

/** The evidence of a drill, judged and validated: what is written to evidence.json. */
export const evidenceOf = (observed: Observations): Evidence => Evidence.parse({ ...observed, verdict: verdictOf(observed).verdict });
