import * as z from "zod";
import { Check } from "../../../recovery/catalogue/point";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import { type DumpedDatabase, PostgresDump } from "../../../recovery/postgres/dump-manifest";
import { type Archive, type ArchiveCourse, ArchivePlace, readArchive } from "../../postgres/archive/read";
import { ZstdFrames } from "../../postgres/archive/zstd";
import { oneRun } from "../../shared/course";
import { checkAll } from "../checks";
import type { PartReader, ReadContent } from "../reader";
import { archiveChecks } from "./archive-checks";
import { rolesCheck, tocCheck } from "./text-checks";

/** Where the reading of a dump stands: which database is read, what was found before, and the place in its archive. */
const DumpState = z.object({ database: z.int().nonnegative(), checks: z.array(Check), place: ArchivePlace.optional() });
type DumpState = z.infer<typeof DumpState>;

/**
 * Reads a dump of PostgreSQL back without its programs: every archive is decompressed and walked to its end, and its table of contents, the rows of each
 * table and its large objects are compared with what was counted at the source. That a server takes the statements is not proven by it: a restore is.
 * It can be continued at each frame of an archive. Memory is that of three parts at most: one is decompressed while the next is read.
 */
export const readDump: ReadContent = async (manifestText, part, _deadline, course = oneRun) => {
  const dump = PostgresDump.parse(JSON.parse(manifestText));
  const from = DumpState.safeParse(course.from).data;
  const checks: Check[] = from === undefined ? [rolesCheck(dump.roles, await part(dump.roles.key))] : [...from.checks];
  for (const [index, database] of dump.databases.entries()) {
    if (index < (from?.database ?? 0)) continue;
    const { name } = database.database;
    const place = from?.database === index ? from.place : undefined;
    if (place === undefined) checks.push(tocCheck(name, database.toc, await part(database.toc.key)));
    const reached = (state: Omit<DumpState, "checks">, progress: () => string) =>
      course.reached({ ...state, checks: [...checks] }, progress);
    const read = await readDatabase(database, part, {
      ...(place === undefined ? {} : { from: place }),
      reached: (place) => {
        const progress = () => `database ${name}: part ${place.frame.part + 1} of ${database.parts.length} of its archive`;
        reached({ database: index, place }, progress);
      },
    });
    checks.push(checkAll(`${name}: archive`, 1, read.problem === undefined ? [] : [read.problem]));
    if (read.archive !== undefined) checks.push(...archiveChecks(database, read.archive));
    reached({ database: index + 1 }, () => `${index + 1} of ${dump.databases.length} databases read`);
  }
  return checks;
};

type DatabaseRead =
  | { readonly archive: Archive; readonly problem?: undefined }
  | { readonly archive?: undefined; readonly problem: string };

const readDatabase = async ({ parts }: DumpedDatabase, part: PartReader, course: ArchiveCourse): Promise<DatabaseRead> => {
  let passing: { readonly fault: unknown } | undefined;
  const mayPass = (fault: unknown): never => {
    passing ??= { fault };
    throw fault;
  };
  const read = async (index: number): Promise<Uint8Array> => {
    const key = parts[index]?.key ?? "";
    const found = await part(key).catch(mayPass);
    if (found === undefined) throw missing(key);
    return found;
  };
  try {
    const archive = await readArchive((from) => new ZstdFrames({ count: parts.length, read }, from), {
      ...course,
      reached: (place) => {
        try {
          course.reached(place);
        } catch (fault) {
          mayPass(fault);
        }
      },
    });
    return { archive };
  } catch (error) {
    // The bytes are the sealed ones: whatever is wrong with them stays so. What the vault did not give, and the time, may pass.
    if (passing !== undefined) throw passing.fault;
    return { problem: messageOf(error).slice(0, 300) };
  }
};

const missing = (key: string): LifeboatError =>
  new LifeboatError({ code: "point-refused", what: `${key} is not there as it was sealed`, hint: "Restore from another recovery point" });
