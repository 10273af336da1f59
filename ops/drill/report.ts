import { type EstimatedStep, type Evidence, type MeasuredStep, verdictOf } from "../../recovery/evidence/evidence";
import { PHASES, type PhaseName } from "../../recovery/evidence/phases";
import { BAR_WIDTH, secondsText, table, timelineBar, wrapped } from "./tables";

const PHASE_TITLES: Readonly<Record<PhaseName, string>> = {
  decide: "decide",
  provision: "provision",
  restore: "restore",
  hydrate: "hydrate",
  verify: "verify",
  cutOver: "cut over",
};

const NOTE_WIDTH = 70;
const WIDTH = 120;

/** The evidence as JSON, for machines. */
export const evidenceJson = (evidence: Evidence): string => `${JSON.stringify(evidence, undefined, 2)}\n`;

/** A drill's result for a person: how long it took, what was lost, what failed, what was real, and the verdict last, where the eye ends. */
export const renderReport = (evidence: Evidence): string =>
  [
    `Drill: ${evidence.scenario}${evidence.strategy === null ? "" : `, strategy ${evidence.strategy}`}. Disaster at ${evidence.disasterAt}.`,
    section("Recovery time", timeTable(evidence)),
    section("Data loss", storeTable(evidence)),
    ...chosen(evidence),
    section("Checks", checkTable(evidence)),
    section("Alarms received", alarmTable(evidence)),
    section("What stood in for the real thing", standIns(evidence)),
    section("Measured in this run", measuredTable(evidence)),
    section("The same steps on AWS, as documented (not measured here)", estimateTable(evidence)),
    verdictText(evidence),
  ].join("\n\n");

const section = (title: string, body: string): string => `${title}\n${body}`;

/** Where a scenario leaves no strategy to choose, there is nothing to propose and at most one way. */
const chosen = (evidence: Evidence): readonly string[] => [
  ...(evidence.strategy === null && Object.keys(evidence.databaseStrategies).length === 0
    ? []
    : [section("Ways to bring the database back", strategyTable(evidence))]),
  ...(evidence.strategy === null ? [] : [section("Proposed when the alarm had come", proposalText(evidence))]),
];

const timeTable = ({ phases, rtoSeconds, rtoObjectiveSeconds }: Evidence): string => {
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  let start = 0;
  const ended = phases.map(({ name, seconds, note }) => {
    const bar = timelineBar(start, seconds, total);
    const row = [PHASE_TITLES[name], secondsText(seconds), note === undefined ? bar : `${bar}\n${wrapped(note, BAR_WIDTH)}`];
    start += seconds;
    return row;
  });
  const missing = PHASES.slice(phases.length).map((name) => [PHASE_TITLES[name], "did not end", ""]);
  const rto = rtoSeconds === null ? "not recovered" : secondsText(rtoSeconds);
  const objective = `objective ${secondsText(rtoObjectiveSeconds)}: ${rtoSeconds !== null && rtoSeconds <= rtoObjectiveSeconds ? "met" : "MISSED"}`;
  return table(
    ["phase", "time", `from the disaster on${" ".repeat(BAR_WIDTH - 20)}`],
    [...ended, ...missing, ["RTO", rto, objective]],
    [1],
  );
};

const storeTable = ({ stores }: Evidence): string =>
  table(
    ["store", "loss", "RPO objective", "acknowledged", "lost", "recovered", "objective"],
    Object.entries(stores).map(([name, store]) => [
      name,
      secondsText(store.lossSeconds),
      secondsText(store.rpoObjectiveSeconds),
      store.acknowledgedWrites,
      store.lostWrites,
      store.recovered,
      store.met ? "met" : "MISSED",
    ]),
    [1, 2, 3, 4, 5],
  );

const strategyTable = ({ databaseStrategies }: Evidence): string =>
  table(
    ["by", "loss", "lost", "time", "note"],
    Object.entries(databaseStrategies).map(([method, { lossSeconds, lostWrites, recoverySeconds, note }]) => [
      method,
      secondsText(lossSeconds),
      lostWrites,
      secondsText(recoverySeconds),
      wrapped(note, NOTE_WIDTH),
    ]),
    [1, 2, 3],
  );

const proposalText = ({ proposal }: Evidence): string => {
  if (proposal === null) return "Nothing: the signals were not asked.";
  const what =
    proposal.outcome === "none"
      ? `No strategy. ${proposal.hint}`
      : `Strategy ${proposal.strategy}, by ${proposal.method}: expected loss ${secondsText(proposal.expectedLossSeconds)}, expected time ${proposal.expectedRecoverySeconds === null ? "not known" : secondsText(proposal.expectedRecoverySeconds)}.`;
  return [what, ...proposal.reasons.map((reason) => `- ${reason}`)].map((line) => wrapped(line, WIDTH)).join("\n");
};

const checkTable = ({ checks }: Evidence): string => {
  const failedFirst = [...checks.filter(({ passed }) => !passed), ...checks.filter(({ passed }) => passed)];
  return table(
    ["", "store", "check", "expected", "actual"],
    failedFirst.map(({ store, name, expected, actual, passed }) => [
      passed ? "ok" : "FAILED",
      store,
      name,
      wrapped(expected, NOTE_WIDTH / 2),
      wrapped(actual, NOTE_WIDTH / 2),
    ]),
  );
};

const alarmTable = ({ alarms }: Evidence): string => {
  if (alarms.length === 0) return "None.";
  return table(
    ["alarm", "region", "state since", "received", "lag", "objective", "runbook"],
    alarms.map((alarm) => [
      alarm.name,
      alarm.region,
      `${alarm.state} ${alarm.stateChangedAt}`,
      alarm.receivedAt,
      alarm.lagSeconds === null ? "no data" : secondsText(alarm.lagSeconds),
      secondsText(alarm.objectiveSeconds),
      alarm.runbookUrl,
    ]),
  );
};

const standIns = ({ parts }: Evidence): string => {
  const real = parts.filter((part) => part.real).map(({ name }) => name);
  const stoodIn = parts.filter((part) => !part.real).map(({ name, note }) => [name, wrapped(note, NOTE_WIDTH)]);
  return [table(["simulated part", "what it was"], stoodIn), wrapped(`Real: ${real.join(", ") || "nothing"}.`, NOTE_WIDTH + 30)].join("\n");
};

const amount = (step: MeasuredStep | EstimatedStep): readonly [string, string] => {
  const text = (seconds: number | null | undefined): string => (seconds == null ? "unknown" : secondsText(seconds));
  return step.lagSeconds === undefined ? [text(step.seconds), "time"] : [text(step.lagSeconds), "lag"];
};

const measuredTable = ({ measuredLocal }: Evidence): string =>
  table(
    ["step", "measured", "", "note"],
    Object.entries(measuredLocal).map(([name, step]) => [name, ...amount(step), wrapped(step.note, NOTE_WIDTH)]),
    [1],
  );

/** With the sources below, by number: their addresses would make the table wider than a terminal. */
const estimateTable = ({ estimatedOnAws }: Evidence): string => {
  const sources = [...new Set(Object.values(estimatedOnAws).map(({ source }) => source))];
  const drawn = table(
    ["step", "estimate", "", "note"],
    Object.entries(estimatedOnAws).map(([name, step]) => [
      name,
      ...amount(step),
      wrapped(`${step.note} [${sources.indexOf(step.source) + 1}]`, NOTE_WIDTH),
    ]),
    [1],
  );
  return [drawn, ...sources.map((source, index) => `[${index + 1}] ${source}`)].join("\n");
};

const verdictText = (evidence: Evidence): string => {
  const { primaryRegionCallsAfterDisaster: calls } = evidence;
  const dependence = calls === null ? "No region was lost." : `Calls to the lost region that the recovery attempted: ${calls}.`;
  const { verdict, reasons } = verdictOf(evidence);
  return [dependence, `Verdict: ${verdict}.`, ...reasons.map((reason) => `  - ${reason}`)].join("\n");
};
