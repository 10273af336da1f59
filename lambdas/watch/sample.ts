import { messageOf } from "../../recovery/errors";
import { METRICS } from "../../recovery/names";
import type { Deadline } from "../shared/deadline";
import type { Log } from "../shared/log";
import type { Measurement, Metrics } from "../shared/metrics";
import type { Lag, WatchedStore, WatchResponse } from "./events";
import { type LagSources, measureLag } from "./lag";

export interface SampleTools {
  readonly sources: LagSources;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly deadline: Deadline;
}

export interface SampleSettings {
  readonly stores: readonly WatchedStore[];
  readonly samplesPerRun: number;
  readonly sampleIntervalSeconds: number;
}

/** Measures and publishes several times a run: EventBridge calls once a minute at most, and an objective may be tighter. */
export const watch = async (tools: SampleTools, settings: SampleSettings): Promise<WatchResponse> => {
  const startedMs = tools.now().getTime();
  let last: readonly Lag[] = [];
  for (let sample = 0; sample < settings.samplesPerRun; sample += 1) {
    // Samples keep their distance from the start, so that slow ones do not push the run over the next call.
    await tools.sleep(Math.max(0, startedMs + sample * settings.sampleIntervalSeconds * 1000 - tools.now().getTime()));
    tools.deadline(() => `${sample} of ${settings.samplesPerRun} samples taken`);
    last = await sampleOnce(tools, settings.stores);
  }
  return { samples: settings.samplesPerRun, last: [...last] };
};

const sampleOnce = async (tools: SampleTools, stores: readonly WatchedStore[]): Promise<readonly Lag[]> => {
  const lags: Lag[] = [];
  for (const store of stores) {
    const lag = await measureLag(tools.sources, store, tools.now).catch((error): Lag => {
      // One store's failure must not hide the lag of the others. Nothing is published for it, and missing data alarms.
      tools.log.error("a lag could not be measured", { store, reason: messageOf(error) });
      return { store, reason: messageOf(error) };
    });
    lags.push(lag);
    await tools.metrics.publish(measurementsOf(lag, tools.sources.system, tools.now()));
    if (lag.replicationStopped === true) tools.log.warn("the replication is not known to go on", { store, reason: lag.reason });
    if (lag.lagSeconds === undefined) tools.log.warn("nothing to measure", { store, reason: lag.reason });
    else tools.log.info("lag", { store, lagSeconds: lag.lagSeconds, reason: lag.reason });
  }
  return lags;
};

/** What could not be measured is left out. The status goes with every sample, so that its alarm can tell a good one from none. */
const measurementsOf = ({ store, lagSeconds, replicationStopped }: Lag, system: string, at: Date): readonly Measurement[] => [
  ...(lagSeconds === undefined ? [] : [{ name: METRICS.rpoLag, unit: "Seconds" as const, value: lagSeconds, at, system, store }]),
  ...(replicationStopped === undefined
    ? []
    : [{ name: METRICS.replicationStopped, unit: "Count" as const, value: replicationStopped ? 1 : 0, at, system, store }]),
];
