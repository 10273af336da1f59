import { z } from "zod";
import { CloudWatchError, notFound, validationError } from "../errors";
import type { Context } from "../region";
import { integer, page, parseInput, time } from "../shapes";
import { type Alarm, type AlarmState, parseAlarm } from "./model";
import type { Publish } from "./notification";
import { transition } from "./transition";

const arnOf = (name: string, { region, account }: Context): string => `arn:aws:cloudwatch:${region.name}:${account}:alarm:${name}`;

/** A new alarm starts without data; one that is changed keeps its state until it is judged again. */
export const putMetricAlarm = (raw: unknown, context: Context): object => {
  const { region, now } = context;
  const parsed = parseAlarm(raw, region.name);
  const name = parsed.configuration.AlarmName;
  const existing = region.alarms.alarms.get(name);
  const state = {
    state: existing?.state ?? "INSUFFICIENT_DATA",
    reason: existing?.reason ?? "Unchecked: Initial alarm creation",
    reasonData: existing?.reasonData ?? "",
    stateUpdatedAt: existing?.stateUpdatedAt ?? now,
    stateTransitionedAt: existing?.stateTransitionedAt ?? now,
  } as const;
  const arn = arnOf(name, context);
  region.alarms.alarms.set(name, { arn, ...parsed, configuredAt: now, ...state });
  if (existing === undefined) region.tags.set(arn, new Map(parsed.configuration.Tags.map(({ Key, Value }) => [Key, Value])));
  region.alarms.record({
    AlarmName: name,
    Timestamp: now,
    HistoryItemType: "ConfigurationUpdate",
    HistorySummary: `Alarm "${name}" ${existing === undefined ? "created" : "updated"}`,
    HistoryData: JSON.stringify({ version: "1.0", type: existing === undefined ? "Create" : "Update", updatedAlarm: parsed.configuration }),
  });
  return {};
};

const describe = (alarm: Alarm): object => {
  const { Tags: _, Metrics, Dimensions, ...configuration } = alarm.configuration;
  return {
    ...configuration,
    ...(Metrics === undefined ? { Dimensions } : { Dimensions: [], Metrics }),
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAt,
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateReasonData: alarm.reasonData === "" ? undefined : alarm.reasonData,
    StateUpdatedTimestamp: alarm.stateUpdatedAt,
    StateTransitionedTimestamp: alarm.stateTransitionedAt,
  };
};

const stateValue = z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]);

const describeInput = z.strictObject({
  AlarmNames: z.array(z.string()).max(100).optional(),
  AlarmNamePrefix: z.string().optional(),
  AlarmTypes: z.array(z.string()).optional(),
  StateValue: stateValue.optional(),
  ActionPrefix: z.string().optional(),
  MaxRecords: integer.pipe(z.number().min(1).max(100)).default(50),
  NextToken: z.string().optional(),
});

export const describeAlarms = (raw: unknown, { region }: Context): object => {
  const filter = parseInput(describeInput, raw);
  if (filter.AlarmNames !== undefined && filter.AlarmNamePrefix !== undefined) {
    throw validationError("AlarmNames and AlarmNamePrefix exclude each other");
  }
  const actions = ({ configuration }: Alarm) => [
    ...configuration.AlarmActions,
    ...configuration.OKActions,
    ...configuration.InsufficientDataActions,
  ];
  const found = [...region.alarms.alarms.values()]
    .filter(() => filter.AlarmTypes === undefined || filter.AlarmTypes.includes("MetricAlarm"))
    .filter(({ configuration: { AlarmName } }) => filter.AlarmNames === undefined || filter.AlarmNames.includes(AlarmName))
    .filter(({ configuration: { AlarmName } }) => AlarmName.startsWith(filter.AlarmNamePrefix ?? ""))
    .filter(({ state }) => filter.StateValue === undefined || state === filter.StateValue)
    .filter((alarm) => filter.ActionPrefix === undefined || actions(alarm).some((arn) => arn.startsWith(filter.ActionPrefix ?? "")))
    .sort((a, b) => (a.configuration.AlarmName < b.configuration.AlarmName ? -1 : 1));
  const { items, next } = page(found, filter.NextToken, filter.MaxRecords);
  return { CompositeAlarms: [], MetricAlarms: items.map(describe), NextToken: next };
};

const historyInput = z.strictObject({
  AlarmName: z.string().optional(),
  AlarmTypes: z.array(z.string()).optional(),
  HistoryItemType: z.enum(["ConfigurationUpdate", "StateUpdate", "Action"]).optional(),
  StartDate: time.optional(),
  EndDate: time.optional(),
  MaxRecords: integer.pipe(z.number().min(1).max(100)).default(100),
  NextToken: z.string().optional(),
  ScanBy: z.enum(["TimestampDescending", "TimestampAscending"]).default("TimestampDescending"),
});

export const describeAlarmHistory = (raw: unknown, { region }: Context): object => {
  const filter = parseInput(historyInput, raw);
  const found = region.alarms
    .history()
    .filter((item) => filter.AlarmName === undefined || item.AlarmName === filter.AlarmName)
    .filter((item) => filter.HistoryItemType === undefined || item.HistoryItemType === filter.HistoryItemType)
    .filter((item) => filter.StartDate === undefined || item.Timestamp >= filter.StartDate)
    .filter((item) => filter.EndDate === undefined || item.Timestamp <= filter.EndDate);
  const ordered = filter.ScanBy === "TimestampAscending" ? found : found.toReversed();
  const { items, next } = page(ordered, filter.NextToken, filter.MaxRecords);
  return { AlarmHistoryItems: items, NextToken: next };
};

const namesInput = z.strictObject({ AlarmNames: z.array(z.string()).min(1).max(100) });

const existing = (names: readonly string[], { region }: Context): readonly Alarm[] =>
  names.map((name) => {
    const alarm = region.alarms.alarms.get(name);
    if (alarm === undefined) throw notFound(`Unknown alarm ${name}`);
    return alarm;
  });

/** All or none: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html */
export const deleteAlarms = (raw: unknown, context: Context): object => {
  for (const { arn, configuration } of existing(parseInput(namesInput, raw).AlarmNames, context)) {
    context.region.alarms.alarms.delete(configuration.AlarmName);
    context.region.tags.delete(arn);
  }
  return {};
};

export const switchActions =
  (ActionsEnabled: boolean) =>
  (raw: unknown, context: Context): object => {
    for (const alarm of existing(parseInput(namesInput, raw).AlarmNames, context)) {
      alarm.configuration = { ...alarm.configuration, ActionsEnabled };
    }
    return {};
  };

const setInput = z.strictObject({
  AlarmName: z.string(),
  StateValue: stateValue,
  StateReason: z.string().max(1023),
  StateReasonData: z.string().max(4000).optional(),
});

const checkedJson = (text: string): string => {
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new CloudWatchError("InvalidFormatFault", "StateReasonData is not JSON", 400, "InvalidFormat");
  }
};

/** Lasts until the alarm is judged again. */
export const setAlarmState = async (raw: unknown, context: Context, publish: Publish): Promise<object> => {
  const { AlarmName, StateValue, StateReason, StateReasonData } = parseInput(setInput, raw);
  const [alarm] = existing([AlarmName], context);
  const verdict: { state: AlarmState; reason: string; reasonData: string } = {
    state: StateValue,
    reason: StateReason,
    reasonData: StateReasonData === undefined ? "" : checkedJson(StateReasonData),
  };
  if (alarm !== undefined) await transition(alarm, verdict, context, publish);
  return {};
};
