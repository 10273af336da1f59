import { LifeboatError } from "../../recovery/errors";

/** Where a JSON value stands in a body: `[start, end)` in bytes. Slices keep the server's own spelling, so that no number changes its type. */
export interface Slice {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
/** Brackets and braces differ by this bit alone: `[` and `{`, `]` and `}`. */
const BRACE_BIT = 0x20;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

export const textOf = (body: Buffer, { start, end }: Slice): string => body.toString("utf8", start, end);

/** JSON null becomes null, any other value its own text. */
export const textOrNull = (body: Buffer, slice: Slice): string | null => {
  const text = textOf(body, slice);
  return text === "null" ? null : text;
};

export const skipSpace = (body: Buffer, from: number): number => {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x0a || body[at] === 0x0d || body[at] === 0x09) at += 1;
  return at;
};

/** The end of the value that begins at `start`. */
export const valueEnd = (body: Buffer, start: number): number => {
  if (body[start] === QUOTE) return stringEnd(body, start);
  let depth = 0;
  for (let at = start; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) at = stringEnd(body, at) - 1;
    else if ((byte | BRACE_BIT) === OPEN_BRACE) depth += 1;
    else if ((byte | BRACE_BIT) === CLOSE_BRACE) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (byte === COMMA && depth === 0) return at;
  }
  if (depth === 0) return body.length;
  throw broken(body, start);
};

const stringEnd = (body: Buffer, start: number): number => {
  let at = start + 1;
  while (true) {
    const quote = body.indexOf(QUOTE, at);
    if (quote === -1) throw broken(body, start);
    let backslashes = 0;
    while (body[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
};

/** The elements of the array that begins at `start`; `end` is behind its bracket. */
export const elementsOf = (body: Buffer, start: number): Slice[] => {
  if (body[start] !== 0x5b) throw broken(body, start);
  const elements: Slice[] = [];
  let at = skipSpace(body, start + 1);
  while (((body[at] ?? CLOSE_BRACE) | BRACE_BIT) !== CLOSE_BRACE) {
    const end = valueEnd(body, at);
    elements.push({ start: at, end });
    at = skipSpace(body, end);
    if (body[at] === COMMA) at = skipSpace(body, at + 1);
  }
  return elements;
};

/** The fields of the object that begins at `start`. `endOf` may take over a field whose value it reads itself. */
export const fieldsOf = (body: Buffer, start: number, endOf?: (name: string, at: number) => number | undefined): Map<string, Slice> => {
  if (body[start] !== OPEN_BRACE) throw broken(body, start);
  const fields = new Map<string, Slice>();
  let at = skipSpace(body, start + 1);
  while (body[at] === QUOTE) {
    const nameEnd = stringEnd(body, at);
    const name: unknown = JSON.parse(body.toString("utf8", at, nameEnd));
    const colon = skipSpace(body, nameEnd);
    if (body[colon] !== COLON || typeof name !== "string") throw broken(body, at);
    const value = skipSpace(body, colon + 1);
    const end = endOf?.(name, value) ?? valueEnd(body, value);
    fields.set(name, { start: value, end });
    at = skipSpace(body, end);
    if (body[at] === COMMA) at = skipSpace(body, at + 1);
  }
  if (body[at] !== CLOSE_BRACE) throw broken(body, at);
  return fields;
};

/** An answer that is not the JSON it should be: cut short, or of another server. */
export const broken = (body: Buffer, at: number): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: "An answer of the Chroma server could not be read",
    received: `${body.length} bytes; at ${at}: ${JSON.stringify(body.toString("utf8", at, at + 60))}`,
    allowed: "the JSON of Chroma's v2 API",
    hint: "See that the URL is a Chroma server of release 1.x and that nothing between cuts its answers",
  });
