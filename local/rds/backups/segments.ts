/**
 * The arithmetic of WAL segments. A segment's name is its timeline, the log that it is part of (4 GiB of positions), and its number in that log, each eight
 * hexadecimal digits: https://www.postgresql.org/docs/15/wal-internals.html
 */
export interface Segment {
  readonly timeline: number;
  /** Counted from position 0, across logs. */
  readonly number: number;
}

/** A position in the WAL, bytes. */
export type Lsn = bigint;

export const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;
const LOG_BYTES = 0x1_0000_0000;

const hex8 = (value: number): string => value.toString(16).toUpperCase().padStart(8, "0");

export const segmentName = ({ timeline, number }: Segment, segmentBytes = DEFAULT_SEGMENT_BYTES): string => {
  const perLog = LOG_BYTES / segmentBytes;
  return `${hex8(timeline)}${hex8(Math.floor(number / perLog))}${hex8(number % perLog)}`;
};

/** undefined for names that are none: histories, backup labels, partial segments, numbers that a log does not have. */
export const parseSegmentName = (name: string, segmentBytes = DEFAULT_SEGMENT_BYTES): Segment | undefined => {
  const [, timeline = "", log = "", inLog = ""] = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/.exec(name) ?? [];
  const perLog = LOG_BYTES / segmentBytes;
  if (timeline === "" || Number.parseInt(timeline, 16) === 0 || Number.parseInt(inLog, 16) >= perLog) return undefined;
  return { timeline: Number.parseInt(timeline, 16), number: Number.parseInt(log, 16) * perLog + Number.parseInt(inLog, 16) };
};

/** "16/B374D848": https://www.postgresql.org/docs/15/datatype-pg-lsn.html */
export const parseLsn = (text: string): Lsn => {
  const [, high = "", low = ""] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text) ?? [];
  if (high === "") throw new Error(`${JSON.stringify(text)} is no WAL position`);
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
};

export const formatLsn = (lsn: Lsn): string =>
  `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffff_ffffn).toString(16).toUpperCase()}`;

/** The number of the segment that holds the byte at this position. */
export const segmentNumberAt = (lsn: Lsn, segmentBytes = DEFAULT_SEGMENT_BYTES): number => Number(lsn / BigInt(segmentBytes));

/** The number of the segment with the last byte before this position: where a record that ends here ends. */
export const segmentNumberBefore = (lsn: Lsn, segmentBytes = DEFAULT_SEGMENT_BYTES): number =>
  segmentNumberAt(lsn > 0n ? lsn - 1n : 0n, segmentBytes);

/** A timeline that another one left at `endLsn`. */
export interface Ancestor {
  readonly timeline: number;
  readonly endLsn: Lsn;
}

/** The history file of a timeline, oldest ancestor first: `1<tab>0/5000000<tab>why`. */
export const parseHistory = (text: string): readonly Ancestor[] =>
  text.split("\n").flatMap((line) => {
    const [, timeline, lsn] = /^\s*(\d+)\s+([0-9A-Fa-f]+\/[0-9A-Fa-f]+)/.exec(line) ?? [];
    return timeline === undefined || lsn === undefined ? [] : [{ timeline: Number(timeline), endLsn: parseLsn(lsn) }];
  });

/** The way from one segment to a later one, across timelines. */
export interface Path {
  /** The segment of this number that a recovery reads. */
  at(number: number): Segment;
}

/**
 * A segment in which a timeline was left is read from the timeline that went on, which begins with a copy of it. undefined: `last` does not descend from
 * `first`, or lies before it.
 */
export const pathFrom = (
  first: Segment,
  last: Segment,
  ancestors: readonly Ancestor[],
  segmentBytes = DEFAULT_SEGMENT_BYTES,
): Path | undefined => {
  const line = [
    ...ancestors.map(({ timeline, endLsn }) => ({ timeline, until: segmentNumberAt(endLsn, segmentBytes) })),
    { timeline: last.timeline, until: Number.POSITIVE_INFINITY },
  ];
  const descends = line.some(({ timeline, until }) => timeline === first.timeline && first.number <= until);
  if (!descends || last.number < first.number) return undefined;
  return { at: (number) => ({ timeline: line.find(({ until }) => number < until)?.timeline ?? last.timeline, number }) };
};

/** Every segment that a recovery reads from the first to the last, both included. */
export const segmentsFrom = (
  first: Segment,
  last: Segment,
  ancestors: readonly Ancestor[],
  segmentBytes = DEFAULT_SEGMENT_BYTES,
): readonly Segment[] | undefined => {
  const path = pathFrom(first, last, ancestors, segmentBytes);
  return path && Array.from({ length: last.number - first.number + 1 }, (_, offset) => path.at(first.number + offset));
};
