import type { ServerParameters } from "../parameters";
import type { Tools } from "../tools";

/** What a standby needs as much of as its source has, as pg_controldata names it, with PostgreSQL's own default. `max_wal_senders` is the same everywhere. */
const NEEDED = [
  { name: "max_connections", printed: "max_connections", normal: 100 },
  { name: "max_worker_processes", printed: "max_worker_processes", normal: 8 },
  { name: "max_prepared_transactions", printed: "max_prepared_xacts", normal: 0 },
  { name: "max_locks_per_transaction", printed: "max_locks_per_xact", normal: 64 },
] as const;

export type Minimums = ReadonlyMap<string, number>;

/**
 * What the source ran with, as the newest WAL that was replayed says. A standby with less refuses to start:
 * https://www.postgresql.org/docs/15/hot-standby.html#HOT-STANDBY-ADMIN
 */
export const readMinimums = async (tools: Tools, dataDirectory: string): Promise<Minimums> =>
  parseMinimums(await tools.must("read what the source ran with", "pg_controldata", [dataDirectory]));

export const parseMinimums = (controlData: string): Minimums =>
  new Map([...controlData.matchAll(/^(\w+) setting:\s+(\d+)$/gm)].map(([, printed = "", value]) => [printed, Number(value)]));

/** The replica's own parameters, but for those that would keep it from following. */
export const raisedTo = (minimums: Minimums, parameters: ServerParameters): ServerParameters => {
  const settings = { ...parameters.settings };
  for (const { name, printed, normal } of NEEDED) {
    const least = minimums.get(printed) ?? 0;
    if (Number(settings[name] ?? normal) < least) settings[name] = String(least);
  }
  return { ...parameters, settings };
};
