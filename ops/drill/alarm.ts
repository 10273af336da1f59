import type { AlarmSeen } from "../../recovery/evidence/evidence";
import { type DrillContext, told } from "./context";
import { type GuardingAlarm, waitForAlarm } from "./decision";
import { REGIONS } from "./profile";

const ALARM_TIMEOUT_SECONDS = 300;

/** Waits for the first of these alarms, which the person on call acts on. */
export const alarmAfter = (
  disasterAt: Date,
  alarms: readonly GuardingAlarm[],
  { aws, progress, now, signal }: Pick<DrillContext, "aws" | "progress" | "now" | "signal">,
): Promise<AlarmSeen> => {
  const question = {
    pager: aws.pager,
    alarms,
    recoveryRegion: REGIONS.recovery,
    disasterAt,
    timeoutSeconds: ALARM_TIMEOUT_SECONDS,
    now,
    signal,
  };
  return told(
    progress,
    "Waiting for the alarm",
    (step) => waitForAlarm(question, step),
    ({ reason }) => reason,
  );
};
