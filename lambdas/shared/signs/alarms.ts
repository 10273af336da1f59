import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import {
  coverageAlarmName,
  dumpAlarmName,
  lockedCopyAlarmName,
  replicationAlarmName,
  rpoAlarmName,
  setAlarmName,
  snapshotFailuresAlarmName,
} from "../../../recovery/names";
import { STORES, type Store } from "../../../recovery/store";
import { type CorruptionSign, corruptionAlarmName } from "../../../recovery/strategy/signals";

export interface AlarmInAlarm {
  readonly name: string;
  /** When it went into this state. */
  readonly since?: Date;
  /** How far back the data go that it looked at, seconds; 0 when that is not known. */
  readonly windowSeconds: number;
  readonly reason: string;
}

export interface AlarmReader {
  /** Alarms of this prefix that are in state ALARM. */
  inAlarm(namePrefix: string): Promise<readonly AlarmInAlarm[]>;
}

/** CloudWatch in the client's region: an alarm of a lost region says nothing any more. */
export const cloudWatchAlarms = (client: CloudWatchClient): AlarmReader => ({
  async inAlarm(namePrefix) {
    const found: AlarmInAlarm[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new DescribeAlarmsCommand({
          AlarmNamePrefix: namePrefix,
          StateValue: "ALARM",
          AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
          NextToken: token,
        }),
      );
      found.push(...[...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])].flatMap((alarm) => alarmOf(alarm) ?? []));
      token = page.NextToken;
    } while (token !== undefined && token !== "");
    return found;
  },
});

type Described = Pick<
  MetricAlarm,
  "AlarmName" | "StateReason" | "StateTransitionedTimestamp" | "StateUpdatedTimestamp" | "Period" | "EvaluationPeriods"
>;

const alarmOf = (alarm: Described): AlarmInAlarm | undefined => {
  if (alarm.AlarmName === undefined) return undefined;
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return {
    name: alarm.AlarmName,
    ...(since === undefined ? {} : { since }),
    windowSeconds: (alarm.Period ?? 0) * (alarm.EvaluationPeriods ?? 0),
    reason: alarm.StateReason ?? "",
  };
};

/** Of the configuration's subjects and of jobs there are as many as are configured. */
const LATE = /-(lag|failed)$/;

/**
 * The system's alarms that may speak of damage. Those on lag and on a stopped replication are signals of their own; what nobody protects, and what is backed
 * up late, is not damaged.
 */
export const alarmSigns = async (alarms: AlarmReader, system: string): Promise<readonly CorruptionSign[]> => {
  const known = [
    ...STORES.flatMap((store) => [rpoAlarmName(system, store), replicationAlarmName(system, store)]),
    ...[coverageAlarmName, dumpAlarmName, lockedCopyAlarmName, setAlarmName, snapshotFailuresAlarmName].map((nameOf) => nameOf(system)),
  ];
  const mayBeDamage = ({ name }: AlarmInAlarm): boolean =>
    damagedStore(system, name) !== undefined || !(known.includes(name) || LATE.test(name));
  return (await alarms.inAlarm(`${system}-`)).filter(mayBeDamage).map((alarm) => signOf(alarm, system));
};

const signOf = ({ name, since, windowSeconds, reason }: AlarmInAlarm, system: string): CorruptionSign => {
  const store = damagedStore(system, name);
  return {
    kind: "alarm",
    ...(store === undefined ? {} : { store }),
    // What made it breach lies before the change of its state.
    ...(since === undefined ? {} : { since: new Date(since.getTime() - windowSeconds * 1000) }),
    evidence: `alarm ${name} is on${reason === "" ? "" : `: ${reason.replace(/[.\s]+$/, "")}`}`,
    look: `read what it measures: aws cloudwatch describe-alarms --alarm-names ${name}`,
  };
};

const damagedStore = (system: string, name: string): Store | undefined =>
  STORES.find((store) => {
    const own = corruptionAlarmName(system, store);
    return name === own || name.startsWith(`${own}-`);
  });
