import { setTimeout as sleep } from "node:timers/promises";
import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { S3Client } from "@aws-sdk/client-s3";
import type { AutomatedBackup, AutomatedBackups } from "../../lambdas/shared/automated-backups";
import { catalogueOf } from "../../lambdas/shared/catalogue";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import type { Step } from "../../local/progress";
import type { Authenticator } from "../../recovery/catalogue/authenticity";
import { type Judged, selectPoint } from "../../recovery/catalogue/select";
import type { Series } from "../../recovery/catalogue/series";
import { LifeboatError } from "../../recovery/errors";

export interface ProtectionQuestion {
  readonly recoveryRegionS3: S3Client;
  readonly authenticator: Authenticator;
  readonly vaultBucket: string;
  readonly system: string;
  readonly series: Series;
  /** The point must hold all that was written before. */
  readonly notBefore: Date;
  readonly timeoutSeconds: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Waits until the schedules have made, by themselves, a recovery point that may be restored from. Nothing here starts anything. */
export const waitForUsablePoint = async (
  question: ProtectionQuestion,
  step: Step,
): Promise<{ readonly pointId: string; readonly asOf: string }> => {
  const catalogue = catalogueOf(s3Objects(question.recoveryRegionS3, question.vaultBucket), question.authenticator);
  const deadlineMs = question.now().getTime() + question.timeoutSeconds * 1000;
  let seen: readonly Judged[] = [];
  while (question.now().getTime() < deadlineMs) {
    const { chosen, passedOver } = await selectPoint(catalogue, question.system, question.series);
    if (chosen !== undefined && Date.parse(chosen.point.asOf) >= question.notBefore.getTime())
      return { pointId: chosen.point.pointId, asOf: chosen.point.asOf };
    seen = passedOver;
    step.update(passedOver[0] === undefined ? "waiting for the schedule" : `${passedOver[0].point?.pointId}: ${passedOver[0].reason}`);
    await sleep(1000, undefined, { signal: question.signal });
  }
  throw new LifeboatError({
    code: "no-recovery-point",
    what: `The schedules made no usable recovery point of ${question.series} within ${question.timeoutSeconds} s`,
    received: seen.length === 0 ? "no newer entry in the catalogue" : seen.map(({ key, reason }) => `${key}: ${reason}`).join("; "),
    hint: "Read the functions' output in the run's ministack.log: the export's, seal's and verify's, in this order; a job's own in the run's pods folder",
  });
};

export interface RestorableQuestion {
  readonly backups: AutomatedBackups;
  readonly instance: string;
  readonly sourceRegion: string;
  readonly notBefore: Date;
  readonly timeoutSeconds: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Waits until the recovery region can restore the database to this time or a later one; resolves to the newest restorable time. */
export const waitForRestorableTime = async (question: RestorableQuestion, step: Step): Promise<Date> => {
  const deadlineMs = question.now().getTime() + question.timeoutSeconds * 1000;
  let seen: readonly AutomatedBackup[] = [];
  while (question.now().getTime() < deadlineMs) {
    seen = await question.backups.find(question.instance, question.sourceRegion);
    const latest = Math.max(...seen.map(({ window }) => window?.latest.getTime() ?? 0), 0);
    if (latest >= question.notBefore.getTime()) return new Date(latest);
    step.update(seen.map(stateOf).join("; ") || "no automated backups yet");
    await sleep(1000, undefined, { signal: question.signal });
  }
  throw new LifeboatError({
    code: "no-recovery-point",
    what: `The database cannot be restored to ${question.notBefore.toISOString()} or later in the recovery region, ${question.timeoutSeconds} s after it was loaded`,
    received: seen.map(stateOf).join("; ") || "no automated backups",
    hint: "Read engine.log and the databases' logs in the run's databases folder",
  });
};

const stateOf = ({ status, window }: AutomatedBackup): string =>
  `${status}, ${window === undefined ? "nothing restorable yet" : `restorable to ${window.latest.toISOString()}`}`;

export interface CalmQuestion {
  readonly cloudwatch: CloudWatchClient;
  readonly alarmNames: readonly string[];
  readonly timeoutSeconds: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Waits until every named alarm is in state OK: measured, and within its threshold. */
export const waitForOkAlarms = async (question: CalmQuestion, step: Step): Promise<void> => {
  const deadlineMs = question.now().getTime() + question.timeoutSeconds * 1000;
  let states: readonly string[] = [];
  while (question.now().getTime() < deadlineMs) {
    const { MetricAlarms = [] } = await question.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [...question.alarmNames] }));
    const waiting = MetricAlarms.filter(({ StateValue }) => StateValue !== "OK");
    if (MetricAlarms.length === question.alarmNames.length && waiting.length === 0) return;
    states = waiting.map(({ AlarmName, StateValue, StateReason }) => `${AlarmName} is in ${StateValue}: ${StateReason}`);
    step.update(states.join("; "));
    await sleep(1000, undefined, { signal: question.signal });
  }
  throw new LifeboatError({
    code: "objective-missed",
    what: `The lag alarms were not calm within ${question.timeoutSeconds} s`,
    received: states.join("; ") || "not all alarms exist",
    allowed: `${question.alarmNames.join(", ")} in state OK`,
    hint: "Read the watching function's output in the run's ministack.log and the refused calls in refused-calls.jsonl",
  });
};
