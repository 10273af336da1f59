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

/** The evidence as JSON, for machines. */
export const evidenceJson = (evidence: Evidence): string => `${JSON.stringify(evidence, undefined, 2)}\n`;

/** A drill's result for a person: how long it took, what was lost, what failed, what was real, and the verdict last, where the eye ends. */
export const renderReport = (evidence: Evidence): string =>
  [
    `Drill: ${evidence.scenario}, strategy ${evidence.strategy}. Disaster at ${evidence.disasterAt}.`,
    section("Recovery time", timeTable(evidence)),
    section("Data loss", storeTable(evidence)),
    section("Checks", checkTable(evidence)),
    section("Alarms received", alarmTable(evidence)),
    section("What stood in for the real thing", standIns(evidence)),
    section("Measured in this run", measuredTable(evidence)),
    section("The same steps on AWS, as documented (not measured here)", estimateTable(evidence)),
    verdictText(evidence),
  ].join("\n\n");

const section = (title: string, body: string): string => `${title}\n${body}`;

const timeTable = ({ phases, rtoSeconds, rtoObjectiveSeconds }: Evidence): string => {
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  let start = 0;
  const ended = phases.map(({ name, seconds }) => {
    const row = [PHASE_TITLES[name], secondsText(seconds), timelineBar(start, seconds, total)];
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

const alarmTable = ({ alarms }: Evidence): string =>
  table(
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
  const calls = `Calls to the lost region that the recovery attempted: ${evidence.primaryRegionCallsAfterDisaster}.`;
  const { verdict, reasons } = verdictOf(evidence);
  return [calls, `Verdict: ${verdict}.`, ...reasons.map((reason) => `  - ${reason}`)].join("\n");
};
