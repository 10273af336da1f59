import { createReadStream, existsSync } from "node:fs";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { crc32, createGunzip, gzipSync } from "node:zlib";
import { LifeboatError } from "../../../recovery/errors";
import { COPIES, type Place } from "../../../recovery/objects/entries";
import type { Rotation } from "../../../recovery/objects/rotation";
import { linesIn } from "./lines";
import type { InventoryRow } from "./rows";

const PLACES = ["source", ...COPIES] as const;

/** Of text that one share of one place gathers in memory before it is written: small, because there may be thousands of these. */
const GATHERED_CHARS = 16 * 1024;

/** Between two looks at the clock. */
const ROWS_A_LOOK = 10_000;

/** Rows of three reports, apart by the share of their keys. */
export interface SpilledRows {
  readonly objects: Readonly<Record<Place, number>>;
  rows(place: Place, index: number): AsyncIterable<InventoryRow>;
}

export interface SpillTools {
  /** Where files may be kept for the time of a call; the system's own place for these. */
  readonly directory?: string;
  readonly goOn: () => boolean;
}

/**
 * Takes the reports apart by one reading of each, then hands the shares over: each is read by itself, so that time is linear in the rows and memory is that
 * of a share. What is kept is compressed: reports come so as well. Undefined when the time was over before all were taken apart.
 */
export const withSpilled = async <T>(
  { directory = tmpdir(), goOn }: SpillTools,
  reports: Readonly<Record<Place, AsyncIterable<InventoryRow>>>,
  of: Rotation["of"],
  use: (spilled: SpilledRows) => Promise<T>,
): Promise<T | undefined> => {
  const folder = await mkdtemp(join(directory, "lifeboat-inventory-"));
  try {
    const objects = { source: 0, replica: 0, locked: 0 };
    for (const place of PLACES) {
      const rows = await spill(reports[place], (index) => join(folder, `${place}-${index}`), of, goOn);
      if (rows === undefined) return undefined;
      objects[place] = rows;
    }
    return await use({ objects, rows: (place, index) => readBack(join(folder, `${place}-${index}`)) });
  } catch (error) {
    throw isFull(error) ? diskFull(directory, error) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const isFull = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOSPC";

const diskFull = (directory: string, cause: unknown): LifeboatError =>
  new LifeboatError({
    code: "objective-missed",
    what: "The inventories do not fit where they are taken apart",
    received: `a full ${directory}`,
    allowed: "reports that take up to 512 MB together as they come, compressed",
    hint: "Set lifeboat:documents.inventory to off: the listings are compared all the same",
    cause,
  });

/** How many rows there were; undefined when the time was over. */
const spill = async (
  rows: AsyncIterable<InventoryRow>,
  fileOf: (index: number) => string,
  of: number,
  goOn: () => boolean,
): Promise<number | undefined> => {
  const gathered = new Map<number, string>();
  const write = async (index: number, text: string): Promise<void> => {
    gathered.delete(index);
    // Members that follow each other are one gzip file: https://datatracker.ietf.org/doc/html/rfc1952#section-2.2
    await appendFile(fileOf(index), gzipSync(text, { level: 1 }));
  };
  let count = 0;
  for await (const { key, sizeBytes, lastModified, lockedUntil } of rows) {
    count += 1;
    if (count % ROWS_A_LOOK === 0 && !goOn()) return undefined;
    const index = crc32(key) % of;
    const text = `${gathered.get(index) ?? ""}${JSON.stringify([key, sizeBytes, lastModified.getTime(), lockedUntil?.getTime() ?? null])}\n`;
    if (text.length < GATHERED_CHARS) gathered.set(index, text);
    else await write(index, text);
  }
  for (const [index, text] of gathered) await write(index, text);
  return count;
};

async function* readBack(file: string): AsyncIterable<InventoryRow> {
  // A share of which nothing is has no file.
  if (!existsSync(file)) return;
  const text = createGunzip().setEncoding("utf8");
  // A failure of the file is one of the text, which is read below.
  pipeline(createReadStream(file), text).catch(() => undefined);
  for await (const line of linesIn(text)) {
    const [key, sizeBytes, lastModifiedMs, lockedUntilMs] = JSON.parse(line) as [string, number, number, number | null];
    yield {
      ...{ key, sizeBytes, lastModified: new Date(lastModifiedMs) },
      ...(lockedUntilMs === null ? {} : { lockedUntil: new Date(lockedUntilMs) }),
    };
  }
}
