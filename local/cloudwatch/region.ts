import { type AlarmBook, createAlarmBook } from "./alarms/book";
import { createMetricStore, type MetricStore } from "./metrics/store";

/** What an account has in one region; nothing of it is seen in another. */
export interface Region {
  readonly name: string;
  readonly metrics: MetricStore;
  readonly alarms: AlarmBook;
  /** Tags by ARN. */
  readonly tags: Map<string, Map<string, string>>;
}

export const createRegion = (name: string): Region => ({
  name,
  metrics: createMetricStore(),
  alarms: createAlarmBook(),
  tags: new Map(),
});

/** What an operation is carried out with. */
export interface Context {
  readonly region: Region;
  readonly account: string;
  readonly now: Date;
}
