import { randomUUID } from "node:crypto";
import { messageOf } from "../../recovery/errors";
import { evaluateAlarm, type Verdict } from "./alarms/evaluate";
import type { Alarm } from "./alarms/model";
import type { Publish } from "./alarms/notification";
import { transition } from "./alarms/transition";
import type { Dashboards } from "./dashboards";
import { CloudWatchError, unsupported } from "./errors";
import { putMetricData } from "./metrics/put";
import { operations } from "./operations";
import { type Decoded, decode, type HttpRequest, type HttpResponse } from "./protocol";
import { createRegion, type Region } from "./region";

export type { Notification, Publish } from "./alarms/notification";
export { createSnsPublisher } from "./sns";

export interface CloudWatchOptions {
  readonly clock: { now(): Date };
  readonly publish: Publish;
  readonly account: string;
}

/** The metrics of one of AWS's own services. */
export interface ServiceMetrics {
  /** `AWS/RDS` */
  readonly Namespace: string;
  readonly MetricData: readonly {
    readonly MetricName: string;
    readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
    readonly Timestamp: Date;
    readonly Value: number;
    readonly Unit: string;
    /** 1 or 60 seconds; 60 unless it is given. */
    readonly StorageResolution?: number;
  }[];
}

export interface CloudWatch {
  /** Answers an authorised call: who calls and whether they may is settled before. */
  handle(request: HttpRequest & { readonly region: string }): Promise<HttpResponse>;
  /** Metric data of another service of this account, as PutMetricData takes them. */
  put(region: string, data: ServiceMetrics): void;
  /** Judges every alarm of every region that is not suspended, once. */
  tick(now: Date): Promise<void>;
  /** Judges them again and again, the first time at once. */
  start(intervalSeconds: number): void;
  stop(): Promise<void>;
  /** A lost region's alarms are neither judged nor heard; its data stay. */
  suspend(region: string): void;
  resume(region: string): void;
}

export const createCloudWatch = (options: CloudWatchOptions): CloudWatch => {
  const regions = new Map<string, Region>();
  const suspended = new Set<string>();
  const dashboards: Dashboards = new Map();
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  const regionOf = (name: string): Region => {
    const region = regions.get(name) ?? createRegion(name);
    regions.set(name, region);
    return region;
  };

  const carryOut = async (decoded: Decoded, region: string): Promise<HttpResponse> => {
    try {
      const operation = operations.get(decoded.operation);
      if (operation === undefined) throw unsupported(`The operation ${decoded.operation}`);
      const { account, publish, clock } = options;
      const output = await operation(decoded.input, { region: regionOf(region), account, now: clock.now(), dashboards, publish });
      return decoded.encode(output);
    } catch (thrown) {
      const error = thrown instanceof CloudWatchError ? thrown : new CloudWatchError("InternalServiceFault", messageOf(thrown), 500);
      return decoded.encodeError(error);
    }
  };

  const judgeAll = async (now: Date): Promise<void> => {
    for (const region of regions.values()) {
      for (const alarm of region.alarms.alarms.values()) {
        // Asked for each alarm: publishing takes time, and the region may be lost meanwhile.
        if (suspended.has(region.name)) break;
        await transition(alarm, judge(alarm, region, now), { region, account: options.account, now }, options.publish);
      }
    }
  };

  const tick = (now: Date): Promise<void> => {
    // One after another, so that a slow topic does not make an alarm notify twice.
    ticking = ticking.then(() => judgeAll(now));
    return ticking;
  };

  return {
    handle: async (request) => {
      try {
        return await carryOut(decode(request, randomUUID()), request.region);
      } catch (thrown) {
        const status = thrown instanceof CloudWatchError ? thrown.status : 400;
        return { status, headers: { "content-type": "text/plain" }, body: Buffer.from(messageOf(thrown)) };
      }
    },
    put: (region, data) => {
      putMetricData(data, { region: regionOf(region), account: options.account, now: options.clock.now() });
    },
    tick,
    start: (intervalSeconds) => {
      const again = (): void => void tick(options.clock.now());
      again();
      timer = setInterval(again, intervalSeconds * 1000);
      timer.unref();
    },
    stop: async () => {
      clearInterval(timer);
      await ticking;
    },
    suspend: (region) => void suspended.add(region),
    resume: (region) => void suspended.delete(region),
  };
};

/** An expression that the data of the moment make meaningless leaves its alarm without data, and the others alone. */
const judge = (alarm: Alarm, region: Region, now: Date): Verdict => {
  try {
    return evaluateAlarm(alarm, region.metrics, now);
  } catch (thrown) {
    return { state: "INSUFFICIENT_DATA", reason: `Insufficient Data: ${messageOf(thrown)}`, reasonData: "" };
  }
};
