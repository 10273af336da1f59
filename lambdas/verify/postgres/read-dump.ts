import type { Check } from "../../../recovery/catalogue/point";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import { type DumpedDatabase, PostgresDump } from "../../../recovery/postgres/dump-manifest";
import { type Archive, readArchive } from "../../postgres/archive/read";
import { decompressed } from "../../postgres/archive/zstd";
import type { Deadline } from "../../shared/deadline";
import { checkAll } from "../checks";
import type { PartReader, ReadContent } from "../reader";
import { archiveChecks } from "./archive-checks";
import { rolesCheck, tocCheck } from "./text-checks";

/**
 * Reads a dump of PostgreSQL back without its programs: every archive is decompressed and walked to its end, and its table of contents, the rows of each
 * table and its large objects are compared with what was counted at the source. That a server takes the statements is not proven by it: a restore is.
 * Memory is that of three parts at most: one is decompressed while the next is read.
 */
export const readDump: ReadContent = async (manifestText, part, deadline) => {
  const dump = PostgresDump.parse(JSON.parse(manifestText));
  const checks: Check[] = [rolesCheck(dump.roles, await part(dump.roles.key))];
  for (const database of dump.databases) {
    const { name } = database.database;
    checks.push(tocCheck(name, database.toc, await part(database.toc.key)));
    const read = await readDatabase(database, part, deadline);
    checks.push(checkAll(`${name}: archive`, 1, read.problem === undefined ? [] : [read.problem]));
    if (read.archive !== undefined) checks.push(...archiveChecks(database, read.archive));
  }
  return checks;
};

type DatabaseRead =
  | { readonly archive: Archive; readonly problem?: undefined }
  | { readonly archive?: undefined; readonly problem: string };

const readDatabase = async (database: DumpedDatabase, part: PartReader, deadline: Deadline): Promise<DatabaseRead> => {
  let passing: { readonly fault: unknown } | undefined;
  const bytes = async function* () {
    for (const { key } of database.parts) {
      let found: Uint8Array | undefined;
      try {
        deadline(() => `reading ${key}`);
        found = await part(key);
      } catch (fault) {
        passing = { fault };
        throw fault;
      }
      if (found === undefined) throw missing(key);
      yield found;
    }
  };
  try {
    return { archive: await readArchive(decompressed(bytes())) };
  } catch (error) {
    // The bytes are the sealed ones: whatever is wrong with them stays so. What the vault did not give may pass.
    if (passing !== undefined) throw passing.fault;
    return { problem: messageOf(error).slice(0, 300) };
  }
};

const missing = (key: string): LifeboatError =>
  new LifeboatError({ code: "point-refused", what: `${key} is not there as it was sealed`, hint: "Restore from another recovery point" });
