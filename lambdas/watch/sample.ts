import { messageOf } from "../../recovery/errors";
import { METRICS } from "../../recovery/names";
import type { Deadline } from "../shared/deadline";
import type { Log } from "../shared/log";
import type { Metrics } from "../shared/metrics";
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
    if (lag.lagSeconds === undefined) {
      tools.log.warn("nothing to measure", { store, reason: lag.reason });
      continue;
    }
    const system = tools.sources.system;
    await tools.metrics.publish([{ name: METRICS.rpoLag, unit: "Seconds", value: lag.lagSeconds, at: tools.now(), system, store }]);
    tools.log.info("lag", { store, lagSeconds: lag.lagSeconds, reason: lag.reason });
  }
  return lags;
};
