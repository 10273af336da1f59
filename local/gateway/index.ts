import type { Server } from "node:http";
import { createAnswer } from "./answer";
import { createBatchJobs } from "./batch-jobs";
import { createBucketHomes } from "./buckets";
import { createCallers } from "./callers";
import { type Caller, type CallLog, createCallLog } from "./calls";
import type { Clock } from "./clock";
import { listFunctionKeys } from "./function-keys";
import { createOutages, type Outage } from "./outage";
import { createReplicationApi } from "./replication/api";
import { createCopier } from "./replication/copy";
import { createEngine, type Replication } from "./replication/engine";
import { createStatuses } from "./replication/statuses";
import { createGatewayServer } from "./server";
import type { ServiceEndpoints } from "./service-endpoint";
import { createUpstream } from "./upstream";

export { type Call, type Caller, type CallLog, callsToLostRegion, type LostRegionCalls } from "./calls";
export { functionAccessKeyId } from "./function-keys";
export type { Cut, Outage, OutageMode } from "./outage";
export type { Replication, ReplicationStatistics } from "./replication/engine";
export { authorisationNote, type ServiceEndpoint, type ServiceEndpoints } from "./service-endpoint";

export interface GatewayOptions {
  readonly ministackUrl: string;
  readonly services: ServiceEndpoints;
  readonly replication: {
    /** From a write's acknowledgement to its copy. */
    readonly lagSeconds: number;
    /** Up to this much more, evenly distributed. */
    readonly jitterSeconds?: number;
    readonly concurrency?: number;
  };
  readonly clock: Clock;
  readonly random?: () => number;
  readonly rootCredentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Where an unsigned call is taken to go. */
  readonly homeRegion: string;
  /** Regions whose functions' keys are looked up; a region that signs a call joins them. */
  readonly regions?: readonly string[];
  /** How late a region answers that is cut with `delay`. */
  readonly delaySeconds?: number;
  /** 0, the default, is any free port. */
  readonly port?: number;
  readonly callLimit?: number;
}

export interface Gateway {
  readonly url: string;
  readonly outage: Outage;
  readonly calls: CallLog & { identify(accessKeyId: string, who: Caller): void };
  readonly replication: Replication;
  stop(): Promise<void>;
}

/** One port of 127.0.0.1 in front of MiniStack: routing by signature, replication, outages and the log of calls. */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { ministackUrl, rootCredentials: credentials } = options;
  const upstream = createUpstream(ministackUrl);
  const homes = createBucketHomes({ ministackUrl, credentials });
  const calls = createCallLog(options.callLimit ?? 500_000);
  const regions = new Set([options.homeRegion, ...(options.regions ?? [])]);
  const listFunctions = () => listFunctionKeys({ ministackUrl, credentials, regions: () => [...regions] });
  const callers = createCallers(listFunctions, () => options.clock.now().getTime());
  callers.identify(credentials.accessKeyId, { name: "root", kind: "root" });

  const outages = createOutages(options.clock, {
    onCut: (cut) => {
      gatewayServer.regionCut(cut);
      // A slow region still works, also one that was cut off before.
      if (cut.mode === "delay") return inReach(cut.region);
      engine.regionCut(cut.region);
      for (const service of [...Object.values(options.services), batchJobs]) service.suspend(cut.region);
    },
    onRestore: (region) => inReach(region),
  });
  const inReach = (region: string): void => {
    engine.regionRestored();
    for (const service of [...Object.values(options.services), batchJobs]) service.resume(region);
  };
  const statuses = createStatuses();
  const engine = createEngine({
    lagSeconds: options.replication.lagSeconds,
    jitterSeconds: options.replication.jitterSeconds ?? 0,
    random: options.random ?? Math.random,
    concurrency: options.replication.concurrency ?? 8,
    copier: createCopier({ ministackUrl, credentials }),
    statuses,
    homeOf: homes.homeOf,
    isCut: outages.isCut,
  });
  const replicationApi = createReplicationApi({ upstream, ministackUrl, credentials, homeOf: homes.homeOf });
  const { homeOf } = homes;
  const batchJobs = createBatchJobs({ ...options, credentials, upstream, callers, homeOf, replicationApi, engine, statuses });
  const answer = createAnswer({ upstream, services: options.services, homes, callers, replicationApi, batchJobs, engine, statuses });
  const gatewayServer = createGatewayServer({
    clock: options.clock,
    homeRegion: options.homeRegion,
    delaySeconds: options.delaySeconds ?? 5,
    homes,
    callers,
    outages,
    calls,
    answer: (incoming, exchange) => {
      regions.add(incoming.scope.region);
      return answer(incoming, exchange);
    },
  });

  const { server } = gatewayServer;
  const port = await listen(server, options.port ?? 0);

  return {
    url: `http://127.0.0.1:${port}`,
    outage: { cut: outages.cut, restore: outages.restore, current: outages.current },
    calls: { ...calls, identify: callers.identify },
    replication: engine,
    stop: async () => {
      await engine.stop();
      await batchJobs.stop();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
      upstream.close();
    },
  };
};

const listen = async (server: Server, port: number): Promise<number> => {
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", done);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gateway listens on no port");
  return address.port;
};
