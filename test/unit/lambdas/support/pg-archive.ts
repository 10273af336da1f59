/** Writes archives in pg_dump's custom format, as PostgreSQL does on a pipe: for what no dump of a real server shows. */
export interface ArchiveTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Lines of COPY's text format, without their ends. */
  readonly rows: readonly string[];
}

export interface ArchiveOptions {
  /** 14 to 16. */
  readonly minor?: number;
  readonly extensions?: readonly string[];
  readonly largeObjects?: ReadonlyMap<number, string>;
  /** Entries that promise data and have none. */
  readonly withoutData?: readonly string[];
}

const byte = (value: number): Buffer => Buffer.from([value]);

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(5);
  bytes[0] = value < 0 ? 1 : 0;
  bytes.writeUInt32LE(Math.abs(value), 1);
  return bytes;
};

const text = (value: string | undefined): Buffer =>
  value === undefined ? number(-1) : Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(value)]);

/** A length of 0 ends them, so that none of them is empty. */
const chunks = (...pieces: readonly string[]): Buffer => Buffer.concat([...pieces.filter((piece) => piece !== "").map(text), number(0)]);

const HAS_DATA = 1;
const NO_DATA = 3;

export const pgArchive = (tables: readonly ArchiveTable[], options: ArchiveOptions = {}): Buffer => {
  const { minor = 14, extensions = [], largeObjects = new Map(), withoutData = [] } = options;
  let dumpId = 0;
  const entries: Buffer[] = [];
  const entry = (oid: number, kind: string, name: string, schema: string | undefined, data: number): number => {
    dumpId += 1;
    entries.push(
      ...[number(dumpId), number(data === HAS_DATA ? 1 : 0), text("1259"), text(String(oid)), text(name), text(kind), number(2)],
      ...[text(`a statement; of ${name}\n`), text(undefined), text(undefined), text(schema), text(undefined), text("heap")],
      ...(minor >= 16 ? [number(0)] : []),
      ...[text("shop"), text("false"), text("7"), text(undefined), byte(data), Buffer.alloc(8)],
    );
    return dumpId;
  };
  for (const extension of extensions) entry(30_000, "EXTENSION", extension, undefined, NO_DATA);
  for (const name of withoutData) entry(40_000, "TABLE DATA", name, "public", HAS_DATA);
  const data = tables.map(({ oid, name, schema, rows }) => {
    const id = entry(oid, "TABLE DATA", name, schema, HAS_DATA);
    return Buffer.concat([byte(1), number(id), chunks(...rows.map((row) => `${row}\n`), "\\.\n\n\n")]);
  });
  if (largeObjects.size > 0) {
    const id = entry(0, "BLOBS", "BLOBS", undefined, HAS_DATA);
    const objects = [...largeObjects].map(([oid, content]) =>
      Buffer.concat([number(oid >= 2 ** 31 ? oid - 2 ** 32 : oid), chunks(content)]),
    );
    data.push(Buffer.concat([byte(3), number(id), ...objects, number(0)]));
  }
  return Buffer.concat([
    ...[Buffer.from("PGDMP"), byte(1), byte(minor), byte(0), byte(4), byte(8), byte(1), minor >= 15 ? byte(0) : number(0)],
    ...[0, 30, 1, 26, 10, 126, 0].map(number),
    ...[text("shop"), text("15.14"), text("15.14"), number(dumpId), ...entries, ...data],
  ]);
};
