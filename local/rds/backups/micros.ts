/** A time of a server's clock, microseconds of the Unix epoch: what PostgreSQL stamps commits with. */
export type Micros = bigint;

export const toMicros = (date: Date): Micros => BigInt(date.getTime()) * 1000n;

/** The last millisecond that is not after it. */
export const floorToDate = (micros: Micros): Date => new Date(Number(micros / 1000n));

/** The first millisecond that is not before it. */
export const ceilToDate = (micros: Micros): Date => new Date(Number((micros + 999n) / 1000n));

/** "2025-11-26T11:22:33.123456Z" */
export const formatMicros = (micros: Micros): string =>
  `${floorToDate(micros).toISOString().slice(0, -1)}${String(micros % 1000n).padStart(3, "0")}Z`;

export const parseMicros = (text: string): Micros => {
  const [, toMillis, rest] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})(\d{3})Z$/.exec(text) ?? [];
  if (toMillis === undefined || rest === undefined) throw new Error(`${JSON.stringify(text)} is no time in microseconds`);
  return toMicros(new Date(`${toMillis}Z`)) + BigInt(rest);
};
