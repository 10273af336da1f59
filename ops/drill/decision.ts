import { setTimeout as sleep } from "node:timers/promises";
import type { AlarmMessage, Pager } from "../../local/embedded-aws/pager";
import type { Step } from "../../local/progress";
import { LifeboatError } from "../../recovery/errors";
import type { AlarmSeen } from "../../recovery/evidence/evidence";

/** An alarm that may start the recovery, and the objective that it guards. */
export interface GuardingAlarm {
  readonly name: string;
  readonly store: string;
  readonly objectiveSeconds: number;
}

export interface DecisionQuestion {
  readonly pager: Pager;
  /** Whichever comes first decides. */
  readonly alarms: readonly GuardingAlarm[];
  readonly recoveryRegion: string;
  readonly disasterAt: Date;
  readonly timeoutSeconds: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Waits for the page, as the person on call does. An alarm of before the disaster decides nothing. */
export const waitForAlarm = async (question: DecisionQuestion, step: Step): Promise<AlarmSeen> => {
  const deadlineMs = question.now().getTime() + question.timeoutSeconds * 1000;
  while (question.now().getTime() < deadlineMs) {
    const messages = await question.pager.receive();
    const receivedAt = question.now();
    for (const message of messages) {
      const guarding = question.alarms.find(({ name }) => isTheAlarm(message, name, question));
      if (guarding !== undefined) return seen(message, receivedAt, guarding);
    }
    step.update(`${Math.round((receivedAt.getTime() - question.disasterAt.getTime()) / 1000)} s since the disaster`);
    await sleep(500, undefined, { signal: question.signal });
  }
  throw new LifeboatError({
    code: "objective-missed",
    what: `No alarm arrived within ${question.timeoutSeconds} s of the disaster`,
    received: "no ALARM message in the subscriber's queue",
    allowed: `${question.alarms.map(({ name }) => name).join(" or ")} in state ALARM`,
    hint: "Read the watching function's output in the run's ministack.log and the alarm's history",
  });
};

const regionOf = ({ AlarmArn }: AlarmMessage): string => AlarmArn.split(":")[3] ?? "";

const isTheAlarm = (message: AlarmMessage, alarmName: string, { recoveryRegion, disasterAt }: DecisionQuestion): boolean =>
  message.AlarmName === alarmName &&
  regionOf(message) === recoveryRegion &&
  message.NewStateValue === "ALARM" &&
  Date.parse(message.StateChangeTime) > disasterAt.getTime();

/** The measured lag is the datapoint in the reason; "no datapoints" when nothing was measured any more. */
const measuredLag = (reason: string): number | null => {
  const datapoint = /datapoints? \[([\d.]+)/.exec(reason)?.[1];
  return datapoint === undefined ? null : Number(datapoint);
};

const seen = (message: AlarmMessage, receivedAt: Date, { store, objectiveSeconds }: GuardingAlarm): AlarmSeen => ({
  name: message.AlarmName,
  store,
  region: regionOf(message),
  state: message.NewStateValue,
  stateChangedAt: new Date(message.StateChangeTime).toISOString(),
  receivedAt: receivedAt.toISOString(),
  lagSeconds: measuredLag(message.NewStateReason),
  objectiveSeconds,
  runbookUrl: /Runbook: (\S+)/.exec(message.AlarmDescription ?? "")?.[1] ?? "",
  reason: message.NewStateReason,
});
