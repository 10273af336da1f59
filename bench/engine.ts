import { join } from "node:path";
import { createDatabaseEngine, type LocalDatabaseEngine } from "../local/rds/postgres";
import type { Bed } from "./bed";

/** A bed with the embedded RDS's engine of real PostgreSQL servers. */
export interface DatabaseBed extends Bed {
  readonly engine: LocalDatabaseEngine;
}

export const withEngine = async <T>(bed: Bed, work: (bed: DatabaseBed) => Promise<T>): Promise<T> => {
  const engine = await createDatabaseEngine({
    binDirectory: bed.binDirectory,
    python: join(bed.venvBin, "python"),
    dataRoot: join(bed.directory, "rds"),
    logDirectory: join(bed.directory, "logs"),
    now: () => new Date(),
  });
  try {
    return await work({ ...bed, engine });
  } finally {
    await engine.stop();
  }
};
