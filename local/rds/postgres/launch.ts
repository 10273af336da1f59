import { join } from "node:path";
import { freePort } from "../../ports";
import { type Configuration, writeConfiguration } from "./configuration";
import type { EngineContext } from "./context";
import { lostItsPort, type Postmaster, startPostmaster } from "./postmaster";

export interface Launched {
  readonly postmaster: Postmaster;
  readonly port: number;
}

export interface Launch {
  readonly resourceId: string;
  readonly dataDirectory: string;
  /** Absent: any free one. */
  readonly port?: number;
  readonly configuration: Omit<Configuration, "port" | "certificates">;
  readonly readyWithinMs?: number;
  readonly standsBy?: boolean;
  readonly signal?: AbortSignal;
}

const READY_WITHIN_MS = 60_000;
const PORTS_TRIED = 3;

/** Writes a server's configuration and starts it; a free port that another program takes in between is given up for another. */
export const launch = async (context: EngineContext, { resourceId, dataDirectory, ...options }: Launch): Promise<Launched> => {
  const logFile = logFileOf(context, resourceId);
  for (let tried = 1; ; tried += 1) {
    const port = options.port ?? (await freePort());
    await writeConfiguration(context.tools, dataDirectory, { ...options.configuration, port, certificates: context.certificates });
    try {
      const readyWithinMs = options.readyWithinMs ?? READY_WITHIN_MS;
      const starting = { tools: context.tools, dataDirectory, logFile, readyWithinMs, standsBy: options.standsBy, signal: options.signal };
      return { port, postmaster: await startPostmaster(starting) };
    } catch (thrown) {
      if (options.port !== undefined || tried === PORTS_TRIED || !lostItsPort(logFile)) throw thrown;
    }
  }
};

export const logFileOf = ({ logDirectory }: EngineContext, resourceId: string): string => join(logDirectory, `${resourceId}.log`);
