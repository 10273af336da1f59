import { randomUUID } from "node:crypto";
import { messageOf } from "../../recovery/errors";
import type { Context, RdsSettings } from "./api/context";
import { RdsError, regionUnreachable, unsupported } from "./api/errors";
import type { ServiceModel } from "./api/model";
import { operations } from "./api/operations";
import { instanceNamed } from "./api/operations/named";
import { formOf, type HttpRequest, type HttpResponse, xml } from "./api/protocol";
import { decodeQuery } from "./api/query";
import { encodeError, encodeOutput } from "./api/xml";
import type { DatabaseEngine } from "./engine";
import { createBackground } from "./instances/background";
import { factsOf, type InstanceFacts } from "./instances/facts";
import { loseHardware } from "./instances/hardware";
import { type LostRegion, loseRegion } from "./instances/lost";
import { createRegion, type Region } from "./instances/region";
import { type PublishMetric, publishReplicaLag } from "./instances/replicaLag";
import type { Software } from "./instances/software";
import { loseZone, resumeZone } from "./instances/zoneLoss";
import type { Surroundings } from "./surroundings";

export type { RdsSettings } from "./api/context";
export { readServiceModel, type ServiceModel, serviceModelFile } from "./api/model";
export type { InstanceFacts } from "./instances/facts";
export type { LostRegion } from "./instances/lost";
export { storageEncryptionNote } from "./instances/records";
export type { MetricDatum, PublishMetric } from "./instances/replicaLag";
export { readSoftware, type Software } from "./instances/software";
export { createSurroundings, type Surroundings } from "./surroundings";

export interface RdsOptions {
  readonly engine: DatabaseEngine;
  readonly clock: { now(): Date };
  readonly account: string;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** botocore's, read by `readServiceModel` from `serviceModelFile`. */
  readonly serviceModel: ServiceModel;
  /** What the engine's binaries are: `readSoftware`. */
  readonly software: Software;
  readonly surroundings: Surroundings;
  readonly settings: RdsSettings;
  /** Where the metrics of the instances go: the region's CloudWatch. */
  readonly publishMetric: PublishMetric;
}

export interface Rds {
  /** Answers an authorised call: who calls and whether they may is settled before. */
  handle(request: HttpRequest & { readonly region: string }): Promise<HttpResponse>;
  /** A region that is cut off is reached by no call of another region, and nothing is copied out of it or into it. */
  suspend(region: string): void;
  resume(region: string): void;
  instances(region: string): readonly InstanceFacts[];
  /** A disaster: SIGKILL to every server of the region, and its data directories, archives and snapshots deleted. */
  loseRegion(region: string): Promise<LostRegion>;
  /**
   * A hardware failure: the instance's server and its standby are killed and their data directories deleted, and the instance is `failed`. The region's
   * automated backups and snapshots stay and can be restored from. @throws Error when the region has no such instance.
   */
  loseHardware(region: string, identifier: string): Promise<LostRegion>;
  /** A zone without power, until `resumeZone`. Resolves to the processes that were killed. */
  loseZone(region: string, zone: string): Promise<readonly number[]>;
  resumeZone(region: string, zone: string): Promise<void>;
  /** Publishes the metric ReplicaLag of every read replica, once; a region that is cut off publishes nothing. */
  measure(): Promise<void>;
  /** Measures again and again, every `replicaLagMetricSeconds`. */
  start(): void;
  /** Resolves when nothing that a call began is under way. */
  settled(): Promise<void>;
  /** Stops every server, once what is under way has ended. */
  stop(): Promise<void>;
}

export const createRds = (options: RdsOptions): Rds => {
  const { serviceModel: model } = options;
  const regions = new Map<string, Region>();
  const suspended = new Set<string>();
  const background = createBackground();
  let timer: NodeJS.Timeout | undefined;
  let measuring: Promise<void> = Promise.resolve();

  const regionOf = (name: string): Region => {
    const region = regions.get(name) ?? createRegion(name);
    regions.set(name, region);
    return region;
  };

  const contextOf = (region: string): Context => ({
    ...options,
    region: regionOf(region),
    now: options.clock.now(),
    background,
    otherRegion: (name) => {
      if (suspended.has(name)) throw regionUnreachable(name);
      return regionOf(name);
    },
    regions: () => regions.values(),
    isCut: (name) => suspended.has(name),
  });

  const measureAll = async (): Promise<void> => {
    const reachable = [...regions.keys()].filter((name) => !suspended.has(name));
    await Promise.all(reachable.map((name) => publishReplicaLag(contextOf(name), options.publishMetric)));
  };
  const measure = (): Promise<void> => {
    // One after another, so that a slow server is not asked twice at a time.
    measuring = measuring.then(measureAll);
    return measuring;
  };

  const answer = async (request: HttpRequest & { readonly region: string }, requestId: string): Promise<HttpResponse> => {
    const { operation, input } = decodeQuery(model, formOf(request));
    const carryOut = operations.get(operation);
    if (carryOut === undefined) throw unsupported(`The operation ${operation}`);
    const output = await carryOut(input, contextOf(request.region));
    return xml(200, encodeOutput(model, operation, output, requestId), requestId);
  };

  return {
    handle: async (request) => {
      const requestId = randomUUID();
      try {
        return await answer(request, requestId);
      } catch (thrown) {
        return errorAnswer(model, thrown, requestId);
      }
    },
    suspend: (region) => {
      suspended.add(region);
      options.engine.suspend(region);
    },
    resume: (region) => {
      suspended.delete(region);
      options.engine.resume(region);
    },
    instances: (region) => [...regionOf(region).instances.values()].map(factsOf),
    loseRegion: (region) => loseRegion(regionOf(region), options.engine),
    loseHardware: async (region, identifier) => loseHardware(instanceNamed(identifier, contextOf(region)), contextOf(region)),
    loseZone: (region, zone) => loseZone(zone, contextOf(region)),
    resumeZone: (region, zone) => resumeZone(zone, contextOf(region)),
    measure,
    start: () => {
      timer = setInterval(() => void measure(), options.settings.replicaLagMetricSeconds * 1000);
      timer.unref();
    },
    settled: background.settled,
    stop: async () => {
      clearInterval(timer);
      await measuring;
      await background.settled();
      await options.engine.stop();
    },
  };
};

const errorAnswer = (model: ServiceModel, thrown: unknown, requestId: string): HttpResponse => {
  const error = thrown instanceof RdsError ? thrown : new RdsError("InternalFailure", messageOf(thrown));
  return xml(model.statusOf(error.code), encodeError(model, error, requestId), requestId);
};
