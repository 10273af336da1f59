import { createHash } from "node:crypto";
import { PassThrough, type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { LifeboatError } from "../../../recovery/errors";
import type { Entry } from "../../../recovery/objects/entries";
import { linesIn } from "./lines";
import type { InventoryReport, ReportFile } from "./manifest";

/** One object of a report. */
export interface InventoryRow extends Entry {
  readonly lockedUntil?: Date;
}

/** A file's bytes as they come. */
export type OpenFile = (key: string) => Promise<Readable>;

/**
 * The rows of a report, file after file, as a stream: memory is that of one chunk, whatever the size of a file (S3's own may have gigabytes). A file that
 * is not as its manifest says is refused, after its rows were seen: whoever uses them must be ready to let them go.
 * @throws LifeboatError `digest-mismatch`
 */
export async function* rowsOf(report: InventoryReport, open: OpenFile): AsyncIterable<InventoryRow> {
  const column = columnsOf(report);
  for (const file of report.files) for await (const line of linesOf(file, await open(file.key))) yield rowOf(fieldsOf(line), column);
}

async function* linesOf(file: ReportFile, compressed: Readable): AsyncIterable<string> {
  const md5 = createHash("md5");
  let sizeBytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      md5.update(chunk);
      sizeBytes += chunk.byteLength;
      done(null, chunk);
    },
  });
  const text = new PassThrough({ encoding: "utf8" });
  const read = pipeline(compressed, counted, createGunzip(), text);
  // Awaited below; until then a failure reaches whoever reads the text.
  read.catch(() => undefined);
  yield* linesIn(text);
  await read;
  if (sizeBytes !== file.sizeBytes || md5.digest("hex") !== file.md5) throw notAsWritten(file, sizeBytes);
}

const notAsWritten = (file: ReportFile, sizeBytes: number): LifeboatError =>
  new LifeboatError({
    code: "digest-mismatch",
    what: `An inventory's file is not what its manifest says: ${file.key}`,
    received: `${sizeBytes} bytes, or other ones`,
    allowed: `${file.sizeBytes} bytes with MD5 ${file.md5}`,
    hint: "Tomorrow's report replaces it. If it happens again, find out who else writes into the reports' bucket",
  });

interface Columns {
  readonly key: number;
  readonly sizeBytes: number;
  readonly lastModified: number;
  readonly lockedUntil: number;
}

const columnsOf = ({ columns, key }: InventoryReport): Columns => {
  const at = (name: string): number => columns.indexOf(name);
  const found = {
    key: at("Key"),
    sizeBytes: at("Size"),
    lastModified: at("LastModifiedDate"),
    lockedUntil: at("ObjectLockRetainUntilDate"),
  };
  const missing = (["key", "sizeBytes", "lastModified"] as const).filter((name) => found[name] < 0);
  if (missing.length === 0) return found;
  throw new LifeboatError({
    code: "internal",
    what: `An inventory does not say what a comparison needs: ${key}`,
    received: columns.join(", "),
    allowed: "Key, Size and LastModifiedDate among the columns",
    hint: "Deploy the stack again: it configures the inventory's fields",
  });
};

const FIELD = /"((?:[^"]|"")*)"(?:,|\r?$)|([^",]*)(?:,|\r?$)/g;

const fieldsOf = (line: string): readonly string[] => {
  const fields: string[] = [];
  for (const { index, 0: whole, 1: quoted, 2: plain = "" } of line.matchAll(FIELD)) {
    if (whole === "" && index === line.length && fields.length > 0 && !line.endsWith(",")) break;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
  }
  return fields;
};

const rowOf = (fields: readonly string[], column: Columns): InventoryRow => {
  const lockedUntil = fields[column.lockedUntil];
  return {
    key: decodedKey(fields[column.key] ?? ""),
    sizeBytes: Number(fields[column.sizeBytes] ?? 0),
    lastModified: new Date(fields[column.lastModified] ?? 0),
    ...(lockedUntil === undefined || lockedUntil === "" ? {} : { lockedUntil: new Date(lockedUntil) }),
  };
};

/** Keys are URL-encoded in CSV, as forms are: a space is a plus. */
const decodedKey = (encoded: string): string => decodeURIComponent(encoded.replaceAll("+", " "));
