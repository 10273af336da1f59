import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_SEGMENT_BYTES, parseLsn, parseSegmentName } from "../../local/rds/backups/segments";
import type { DatabaseBed } from "../engine";
import { type Measurement, rounded } from "../report";
import { ARCHIVING, connect, indexOf, MASTER, PLACE } from "./history";

const RATE_MB_PER_SECOND = 30;
const SECONDS = 15;
const WRITES_PER_SECOND = 30;
/** Two seconds' worth: what a busy disk holds up for a moment is caught up with, what is behind at the end is not. */
const MOST_SEGMENTS = 4;
/** The one on its way, and the one that was just filled. */
const MOST_AT_THE_END = 2;
const RESOURCE_ID = "db-ARCHIVING";

interface Sample {
  readonly at: number;
  /** Segments that are full. */
  readonly full: number;
}

/** Writes WAL at a steady rate and compares when each segment was full with when it was in the archive, its digest in the index. */
export const archivingAt30MBps = async (bed: DatabaseBed): Promise<Measurement> => {
  const server = await bed.engine.create({ ...PLACE, resourceId: RESOURCE_ID, ...MASTER, parameters: {}, archiving: ARCHIVING });
  await server.takeBaseBackup();
  const client = await connect(bed, server);
  bed.say(`writing ${RATE_MB_PER_SECOND} MB of WAL a second for ${SECONDS} s`);
  const payload = "x".repeat(Math.floor((RATE_MB_PER_SECOND * 1e6) / WRITES_PER_SECOND));
  const samples: Sample[] = [];
  const begin = Date.now();
  for (let write = 0; write < SECONDS * WRITES_PER_SECOND; write += 1) {
    const { rows } = await client.query<{ lsn: string }>("SELECT pg_logical_emit_message(true, 'bench', $1)::text AS lsn", [payload]);
    samples.push({ at: Date.now(), full: Number(parseLsn(rows[0]?.lsn ?? "0/0") / BigInt(DEFAULT_SEGMENT_BYTES)) });
    await sleep(Math.max(0, begin + ((write + 1) * 1000) / WRITES_PER_SECOND - Date.now()));
  }
  const tookSeconds = (Date.now() - begin) / 1000;
  await client.end();
  const last = samples.at(-1)?.full ?? 0;
  const archived = await archivedAt(bed, last);
  await server.remove();
  return judge(samples, archived, (SECONDS * RATE_MB_PER_SECOND) / tookSeconds);
};

/** When each segment's line was written, by its number; resolves when the last full one is there. */
const archivedAt = async (bed: DatabaseBed, last: number): Promise<ReadonlyMap<number, number>> => {
  for (;;) {
    const archived = new Map<number, number>();
    for (const entry of await indexOf(bed, RESOURCE_ID)) {
      const segment = entry.kind === "segment" ? parseSegmentName(entry.name) : undefined;
      if (segment !== undefined) archived.set(segment.number, Date.parse(entry.archivedAt));
    }
    if (archived.has(last - 1)) return archived;
    await sleep(100);
  }
};

const judge = (samples: readonly Sample[], archived: ReadonlyMap<number, number>, rate: number): Measurement => {
  const first = samples[0]?.full ?? 0;
  const behindAt = ({ at, full }: Sample): number => {
    let behind = 0;
    for (let number = first; number < full; number += 1) if ((archived.get(number) ?? Number.POSITIVE_INFINITY) > at) behind += 1;
    return behind;
  };
  const behind = samples.map(behindAt);
  const lags = [...archived].flatMap(([number, at]) => {
    const fullAt = samples.find(({ full }) => full > number)?.at;
    return number < first || fullAt === undefined ? [] : [(at - fullAt) / 1000];
  });
  const mostSegments = Math.max(...behind);
  const mostSeconds = Math.max(0, ...lags);
  const atTheEnd = behind.at(-1) ?? 0;
  const met = mostSegments <= MOST_SEGMENTS && atTheEnd <= MOST_AT_THE_END && rate >= RATE_MB_PER_SECOND * 0.95;
  return {
    sentence: `at ${rate.toFixed(1)} MB/s of WAL the archive was at most ${mostSegments} segments (${mostSeconds.toFixed(2)} s) behind, ${atTheEnd} at the end`,
    target: `at most ${MOST_SEGMENTS} segments behind at ${RATE_MB_PER_SECOND} MB/s, and ${MOST_AT_THE_END} at the end`,
    met,
    numbers: {
      writtenMbPerSecond: rounded(rate),
      mostSegmentsBehind: mostSegments,
      mostSecondsBehind: rounded(mostSeconds),
      segmentsBehindAtEnd: atTheEnd,
    },
  };
};
