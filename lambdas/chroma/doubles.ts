/**
 * Chroma 1.5.9 reads decimal numbers with serde_json's fast conversion, which is not correctly rounded
 * (https://docs.rs/serde_json/latest/serde_json/#features, `float_roundtrip` is off), and it does so twice: in the request, and
 * again from its write-ahead log, where the number stands in its shortest spelling. One in ten doubles of 16 or 17 digits comes
 * back off by a bit (measured). So at a restore a number is spelled such that what the server keeps is the double that was exported.
 */
export const respellDoubles = (json: string): string =>
  json.replace(TOKENS, (token) => (token.startsWith('"') || !/[.eE]/.test(token) ? token : spellDouble(token)));

/** Strings are tokens of their own, so that digits inside them stay as they are. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A text of which the server keeps the double that `text` means; `text` itself where it is kept as it stands, or where none is found. */
export const spellDouble = (text: string): string => {
  const value = Number(text);
  if (!Number.isFinite(value) || value === 0 || kept(text) === value) return text;
  const magnitude = Math.abs(value);
  for (const stored of neighbours(magnitude, 8)) {
    if (parsed(shortest(stored)) !== magnitude) continue;
    const found = spelled(stored);
    if (found !== undefined) return value < 0 ? `-${found}` : found;
  }
  return text;
};

/** The double that the server keeps of a number's text. */
export const kept = (text: string): number => parsed(shortest(parsed(text)));

/** One fast conversion: the digits as a 64-bit integer, rounded to a double, times or through a power of ten. */
const parsed = (text: string): number => {
  const [, sign, whole = "", fraction = "", power = "0"] = NUMBER.exec(text) ?? [];
  const digits = BigInt(whole + fraction);
  if (digits >= 2n ** 64n) return Number.NaN;
  const value = scaled(Number(digits), Number(power) - fraction.length);
  return sign === "-" ? -value : value;
};

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

const scaled = (digits: number, exponent: number): number => {
  if (exponent >= 0) return digits * Number(`1e${exponent}`);
  return exponent >= -308 ? digits / Number(`1e${-exponent}`) : scaled(digits / 1e308, exponent + 308);
};

/** The shortest digits, as the server writes them: whole numbers below 1e16 end in ".0". */
const shortest = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : value.toExponential().replace("+", "");

/** A text that the fast conversion reads as this double; best one that a correct conversion reads alike. */
const spelled = (value: number): string | undefined => {
  if (parsed(shortest(value)) === value) return shortest(value);
  let second: string | undefined;
  for (const text of candidates(value)) {
    if (parsed(text) !== value) continue;
    if (Number(text) === value) return text;
    second ??= text;
  }
  return second;
};

/** Whole numbers of 16 to 19 digits, exact as doubles, times a power of ten. */
function* candidates(value: number): Generator<string> {
  const decimals = Math.floor(Math.log10(value));
  for (let digits = 15; digits <= 18; digits += 1) {
    const power = decimals - digits;
    const near = scaled(value, -power);
    if (!Number.isFinite(near) || near >= 2 ** 63) continue;
    for (const integer of neighbours(Math.round(near), 6)) if (Number.isInteger(integer)) yield `${BigInt(integer)}e${power}`;
  }
}

/** The value and the doubles around it, nearest first. */
function* neighbours(value: number, count: number): Generator<number> {
  yield value;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  for (let step = 1n; step <= BigInt(count) / 2n; step += 1n) {
    for (const near of [bits + step, bits - step]) {
      view.setBigUint64(0, near);
      yield view.getFloat64(0);
    }
  }
}
