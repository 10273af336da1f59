import type { Alarm } from "./model";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmHistoryItem.html */
export interface HistoryItem {
  readonly AlarmName: string;
  readonly AlarmType: "MetricAlarm";
  readonly Timestamp: Date;
  readonly HistoryItemType: "ConfigurationUpdate" | "StateUpdate" | "Action";
  readonly HistorySummary: string;
  readonly HistoryData: string;
}

/** The alarms of a region and what happened to them. */
export interface AlarmBook {
  readonly alarms: Map<string, Alarm>;
  record(item: Omit<HistoryItem, "AlarmType">): void;
  history(): readonly HistoryItem[];
}

/** History is kept for 30 days on AWS; here it is the last so many items of a region. */
const historyLimit = 10_000;

export const createAlarmBook = (): AlarmBook => {
  const items: HistoryItem[] = [];
  return {
    alarms: new Map(),
    record: (item) => {
      items.push({ ...item, AlarmType: "MetricAlarm" });
      if (items.length > historyLimit) items.shift();
    },
    history: () => items,
  };
};
