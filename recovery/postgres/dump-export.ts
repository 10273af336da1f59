import type { ExportKind } from "../catalogue/export";
import { DUMP_PREFIX, dumpContradictions, dumpedRows, dumpParts, PostgresDump } from "./dump-manifest";

/** Dumps of every database of a PostgreSQL server. They are counted in rows. */
export const POSTGRES_DUMP: ExportKind = {
  store: "postgres",
  prefix: DUMP_PREFIX,
  facts: (manifestText) => {
    const dump = PostgresDump.parse(JSON.parse(manifestText));
    const rows = dump.databases.reduce((total, database) => total + dumpedRows(database), 0);
    return {
      system: dump.system,
      store: "postgres",
      series: "postgres",
      pointId: dump.pointId,
      // Each database has a snapshot of its own; what was committed before the first of them is in all.
      asOf: earliestOf(dump.databases.map(({ snapshot }) => snapshot.takenAt)),
      window: dump.window,
      parts: dumpParts(dump),
      // The rows were counted in the snapshots that the dump was taken of; what the archives hold, `verify` counts.
      counts: { atSource: rows, written: rows },
      software: { postgres: dump.server.version, pg_dump: dump.client.version },
      contradictions: dumpContradictions(dump),
    };
  },
};

/** Of ISO texts in UTC with milliseconds, which sort as they follow each other. */
const earliestOf = (times: readonly string[]): string => [...times].sort()[0] ?? "";
