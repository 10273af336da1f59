import { broken, skipSpace } from "./json-slices";

const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const POINT = 0x2e;
const MINUS = 0x2d;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

/** Powers of ten that are exact in a double. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const EXACT_INTEGERS = 2 ** 53;

/** What stands at `at`: rows of numbers, a row may be null. Returns the rows and the end. */
export const readEmbeddings = (body: Buffer, at: number): { readonly rows: (Float32Array | null)[]; readonly end: number } => {
  if (body[at] !== OPEN) throw broken(body, at);
  const rows: (Float32Array | null)[] = [];
  let next = skipSpace(body, at + 1);
  let scratch = new Float64Array(4096);
  while (body[next] !== CLOSE) {
    if (body[next] === OPEN) {
      const row = readRow(body, next, scratch);
      scratch = row.scratch;
      rows.push(new Float32Array(scratch.subarray(0, row.length)));
      next = row.end;
    } else if (body.toString("latin1", next, next + 4) === "null") {
      rows.push(null);
      next += 4;
    } else throw broken(body, next);
    next = skipSpace(body, next);
    if (body[next] === COMMA) next = skipSpace(body, next + 1);
  }
  return { rows, end: next + 1 };
};

interface Row {
  readonly length: number;
  readonly end: number;
  readonly scratch: Float64Array<ArrayBuffer>;
}

/**
 * Each number is the double that its text means, correctly rounded: digits below 2^53 divided by an exact power of ten are one rounding
 * (Clinger's fast path, https://doi.org/10.1145/93542.93557); all else goes to Number(). Embeddings are most of an export's bytes:
 * this is one pass over them, without a string for any number.
 */
const readRow = (body: Buffer, start: number, given: Float64Array<ArrayBuffer>): Row => {
  let scratch = given;
  let length = 0;
  let at = skipSpace(body, start + 1);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const lastWord = body.byteLength - 4;
  while (body[at] !== CLOSE) {
    if (length === scratch.length) {
      scratch = new Float64Array(length * 2);
      scratch.set(given);
      return readRow(body, start, scratch);
    }
    const first = at;
    // 1 or 0: half of all numbers are negative, and a branch would be mispredicted for half of them.
    const negative = (((body[at] ?? 0) ^ MINUS) - 1) >>> 31;
    at += negative;
    let digits = 0;
    let point = -1;
    let byte = body[at] ?? 0;
    for (; byte >= ZERO && byte <= NINE; byte = body[++at] ?? 0) digits = digits * 10 + (byte - ZERO);
    if (byte === POINT) {
      point = at;
      at += 1;
      // Four at a time: nearly all bytes are digits behind the point.
      for (; at <= lastWord; at += 4) {
        const four = view.getInt32(at, true);
        if (!isFourDigits(four)) break;
        digits = digits * 10_000 + fourDigits(four);
      }
      byte = body[at] ?? 0;
      for (; byte >= ZERO && byte <= NINE; byte = body[++at] ?? 0) digits = digits * 10 + (byte - ZERO);
    }
    const power = point < 0 ? 1 : POWERS[at - point - 1];
    if ((byte === COMMA || byte === CLOSE || byte <= SPACE) && power !== undefined && digits < EXACT_INTEGERS && at > first + negative) {
      scratch[length] = ((1 - 2 * negative) * digits) / power;
    } else {
      at = numberEnd(body, at);
      scratch[length] = slowNumber(body, first, at);
    }
    length += 1;
    if ((body[at] ?? 0) <= SPACE) at = skipSpace(body, at);
    if (body[at] === COMMA) {
      at += 1;
      if ((body[at] ?? 0) <= SPACE) at = skipSpace(body, at);
    }
  }
  return { length, end: at + 1, scratch };
};

/** Whether each of four bytes is a digit: 0x3 above, and below no more than 9. */
const isFourDigits = (word: number): boolean => (word & 0xf0f0f0f0) === 0x30303030 && ((word + 0x06060606) & 0xf0f0f0f0) === 0x30303030;

/** Four digits, the first one in the lowest byte: neighbours are joined to two numbers below 100, and those to one. */
const fourDigits = (word: number): number => {
  const ones = word & 0x0f0f0f0f;
  const pairs = (ones * 10 + (ones >>> 8)) & 0x00ff00ff;
  return (pairs * 100 + (pairs >>> 16)) & 0xffff;
};

const numberEnd = (body: Buffer, start: number): number => {
  let at = start;
  while (at < body.length) {
    const byte = body[at] ?? 0;
    if (byte === COMMA || byte === CLOSE || byte <= SPACE) break;
    at += 1;
  }
  return at;
};

const slowNumber = (body: Buffer, start: number, end: number): number => {
  const value = end > start ? Number(body.toString("latin1", start, end)) : Number.NaN;
  if (Number.isNaN(value)) throw broken(body, start);
  return value;
};
