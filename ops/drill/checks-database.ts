import type { EvidenceCheck } from "../../recovery/evidence/evidence";
import { listed } from "./checks";
import type { SeenDatabase } from "./recovered-postgres";

/** A database that only replays cannot serve. */
export const primaryCheck = ({ inRecovery, serverVersion }: SeenDatabase): EvidenceCheck => ({
  store: "postgres",
  name: "recovery has ended",
  expected: "a server that takes writes",
  actual: `PostgreSQL ${serverVersion}${inRecovery ? ", still in recovery" : ", not in recovery"}`,
  passed: !inRecovery,
});

/** The next value of each sequence is one that no row has. */
export const sequencesCheck = ({ sequences }: SeenDatabase): EvidenceCheck => {
  const faults = sequences.filter(({ next, highest }) => highest !== undefined && next <= highest);
  return {
    store: "postgres",
    name: "sequences do not collide",
    expected: "0 that would give a value that a row has",
    actual: `${listed(faults.map(({ column, next, highest }) => `${column}: next ${next}, highest ${highest}`))} (${sequences
      .map(({ column, next, highest }) => `${column} ${highest ?? "empty"} < ${next}`)
      .join(", ")})`,
    passed: faults.length === 0 && sequences.length > 0,
  };
};

/** By the catalog, and by the rows themselves: the catalog alone says what was declared. */
export const constraintsCheck = ({ constraints, faults, documents }: SeenDatabase): EvidenceCheck => {
  const all = [...constraints.faults, ...faults];
  return {
    store: "postgres",
    name: "constraints hold",
    expected: "0 constraints or indexes that are not valid, 0 rows that break one",
    actual: `${listed(all)} (${constraints.constraints} constraints, ${documents.size} documents with their rows)`,
    passed: all.length === 0 && constraints.constraints > 0,
  };
};
