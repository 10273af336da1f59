import { messageOf } from "../../../recovery/errors";
import type { Context } from "../region";
import type { Verdict } from "./evaluate";
import type { Alarm, AlarmState } from "./model";
import { notificationOf, type Publish } from "./notification";

const actionsOf = (alarm: Alarm, state: AlarmState): readonly string[] => {
  const { AlarmActions, OKActions, InsufficientDataActions } = alarm.configuration;
  return { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[state];
};

const snapshot = (state: AlarmState, reason: string, reasonData: string): object => ({
  stateValue: state,
  stateReason: reason,
  ...(reasonData === "" ? {} : { stateReasonData: JSON.parse(reasonData) }),
});

/** Takes an alarm into a state. Only a change is history, and only a change notifies. */
export const transition = async (alarm: Alarm, verdict: Verdict, context: Context, publish: Publish): Promise<void> => {
  const { region, now } = context;
  const before = { state: alarm.state, reason: alarm.reason, reasonData: alarm.reasonData };
  if (verdict.state === before.state) return;
  alarm.state = verdict.state;
  alarm.reason = verdict.reason;
  alarm.reasonData = verdict.reasonData;
  alarm.stateUpdatedAt = now;
  alarm.stateTransitionedAt = now;
  const AlarmName = alarm.configuration.AlarmName;
  region.alarms.record({
    AlarmName,
    Timestamp: now,
    HistoryItemType: "StateUpdate",
    HistorySummary: `Alarm updated from ${before.state} to ${verdict.state}`,
    HistoryData: JSON.stringify({
      version: "1.0",
      oldState: snapshot(before.state, before.reason, before.reasonData),
      newState: snapshot(verdict.state, verdict.reason, verdict.reasonData),
    }),
  });
  if (!alarm.configuration.ActionsEnabled) return;
  for (const topicArn of actionsOf(alarm, verdict.state)) {
    await notify(alarm, topicArn, before.state, context, publish);
  }
};

/** A topic that cannot be reached must not keep other alarms from being judged: the failure is history, as on AWS. */
const notify = async (alarm: Alarm, topicArn: string, from: AlarmState, context: Context, publish: Publish): Promise<void> => {
  const { region, now, account } = context;
  const record = (summary: string, error?: string): void =>
    region.alarms.record({
      AlarmName: alarm.configuration.AlarmName,
      Timestamp: now,
      HistoryItemType: "Action",
      HistorySummary: summary,
      HistoryData: JSON.stringify({ actionState: error === undefined ? "Succeeded" : "Failed", notificationResource: topicArn, error }),
    });
  try {
    await publish({ region: region.name, topicArn, ...notificationOf(alarm, from, region.name, account) });
    record(`Successfully executed action ${topicArn}`);
  } catch (thrown) {
    record(`Failed to execute action ${topicArn}. Received error: "${messageOf(thrown)}"`, messageOf(thrown));
  }
};
