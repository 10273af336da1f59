import type { EvidenceCheck } from "../../recovery/evidence/evidence";
import { type LedgerEntry, writeKey } from "../../recovery/evidence/ledger";
import { acknowledgedBefore } from "../../recovery/evidence/loss";
import type { Since } from "../../recovery/evidence/since";
import { listed } from "./checks";
import type { SeenDocument, SeenRows } from "./recovered-postgres-rows";

/** Writes of PostgreSQL only. */
type Entries = readonly LedgerEntry[];

export interface CommitQuestion {
  readonly since: Since;
  /** The time that the database was restored to. */
  readonly asOf: Date;
}

/**
 * The database holds what had been committed by a time, and nothing else. The ledger's times enclose the commit's own: answered before the time, it
 * was committed before; sent after it, it was committed after. In between it may be there or not. Their clocks are one here, as they are on one
 * machine; elsewhere their difference belongs to the measure. The ledger's times are cut to milliseconds, which is why equal ones decide nothing.
 */
export const exactnessCheck = (entries: Entries, { commits }: SeenRows, { since, asOf }: CommitQuestion): EvidenceCheck => {
  const known = commitsOf(entries);
  const before = known.filter((entry) => !since.includes(entry));
  const due = before.filter((entry) => acknowledgedBefore(entry, asOf));
  const tooLate = before.filter(({ attemptedAt }) => Date.parse(attemptedAt) > asOf.getTime());
  const between = before.length - due.length - tooLate.length;
  const missing = due.filter(({ key }) => !commits.has(Number(key)));
  const late = tooLate.filter(({ key }) => commits.has(Number(key)));
  const explained = new Set(known.map(({ key }) => Number(key)));
  const faults = [
    ...missing.map(({ key, acknowledgedAt }) => `commit ${key}, answered ${acknowledgedAt}, is missing`),
    ...late.map(({ key, attemptedAt }) => `commit ${key}, sent ${attemptedAt}, is extra`),
    ...[...commits.keys()].filter((number) => !explained.has(number)).map((number) => `commit ${number}, which nobody sent, is extra`),
  ];
  return {
    store: "postgres",
    name: "exact as of its time",
    expected: `the ${due.length} commits answered before ${asOf.toISOString()}, none sent after it`,
    actual: `${due.length - missing.length} of them; faults ${listed(faults)} (${between} sent before and not answered by then, which may be there or not)`,
    passed: faults.length === 0 && due.length > 0,
  };
};

/** Without a time in the plan nothing can be exact. */
export const unplannedCheck: EvidenceCheck = {
  store: "postgres",
  name: "exact as of its time",
  expected: "a time that the plan pins",
  actual: "none",
  passed: false,
};

/** Each document is as the last commit of it that is there left it, with all its rows: no transaction is there in part. */
export const tornCheck = (entries: Entries, { documents, commits }: SeenRows): EvidenceCheck => {
  const histories = new Map<string, LedgerEntry[]>([...documents.keys()].map((key) => [key, []]));
  for (const entry of entries) {
    if (entry.collection !== "documents") continue;
    const history = histories.get(entry.key);
    if (history === undefined) histories.set(entry.key, [entry]);
    else history.push(entry);
  }
  const faults = [...histories].flatMap(([key, history]) => {
    const fault = tornBy(documents.get(key), history, commits);
    return fault === undefined ? [] : [`${key}: ${fault}`];
  });
  return {
    store: "postgres",
    name: "no torn transaction",
    expected: "0 documents that are not whole as their last commit left them",
    actual: `${listed(faults)} (${documents.size} documents of ${commits.size} commits)`,
    passed: faults.length === 0 && commits.size > 0,
  };
};

const tornBy = (document: SeenDocument | undefined, history: Entries, commits: SeenRows["commits"]): string | undefined => {
  if (document !== undefined && document.commits.length > 1) return `its rows are of commits ${document.commits.join(" and ")}`;
  const last = history.findLast(({ transaction }) => transaction !== undefined && commits.has(transaction));
  const expected = last?.operation === "put" ? last.digest : undefined;
  if (document?.digest === expected) return undefined;
  const due = last === undefined ? "no commit of it is there" : `commit ${last.transaction} is there`;
  if (document === undefined) return `${due}, its rows are not`;
  const written = history.find(({ digest }) => digest === document.digest);
  return written === undefined ? `${due}, its rows are as no commit left them` : `${due}, its rows are of commit ${written.transaction}`;
};

export interface SinceQuestion {
  readonly since: Since;
  /** When the database was read, by its own clock. */
  readonly readAt: Date;
}

/** What the application wrote since is there, under keys that no row of before has: the sequences went on where they should. */
export const writtenSinceCheck = (entries: Entries, { documents, commits }: SeenRows, { since, readAt }: SinceQuestion): EvidenceCheck => {
  const later = entries.filter((entry) => since.includes(entry));
  const due = commitsOf(later).filter((entry) => acknowledgedBefore(entry, readAt));
  const missing = due.filter(({ key }) => !commits.has(Number(key)));
  const written = new Set(later.map(writeKey));
  const isNew = (key: string): boolean => written.has(writeKey({ store: "postgres", collection: "documents", key }));
  const highest = new Map<string, bigint>();
  for (const [key, { identifiers }] of documents) {
    if (isNew(key)) continue;
    for (const [table, ids] of identifiers) if (ids.highest > (highest.get(table) ?? 0n)) highest.set(table, ids.highest);
  }
  const faults = [
    ...missing.map(({ key }) => `commit ${key} is missing`),
    ...[...documents]
      .filter(([key]) => isNew(key))
      .flatMap(([key, { identifiers }]) =>
        [...identifiers]
          .filter(([table, { lowest }]) => lowest <= (highest.get(table) ?? 0n))
          .map(([table, { lowest }]) => `${key} has ${table}.id ${lowest}, and rows of before go up to ${highest.get(table)}`),
      ),
  ];
  return {
    store: "postgres",
    name: `written since ${since.event}`,
    expected: `${due.length} commits answered ${since.place}, under keys of their own`,
    actual: `${due.length - missing.length} of them; faults ${listed(faults)}`,
    passed: faults.length === 0 && due.length > 0,
  };
};

const commitsOf = (entries: Entries): Entries => entries.filter(({ collection }) => collection === "commits");
