import type { Check } from "../../recovery/catalogue/point";
import { type Faulty, NAMED_FAULTS } from "./faulty";
import type { RestoredDatabase } from "./server";
import type { Queried } from "./tables";
import type { WaitTools } from "./wait";

export interface Examined {
  readonly usableAt: Date;
  /** The time that the database is at; absent when it cannot be told. */
  readonly asOf?: string;
  readonly serverVersion: string;
  readonly tables: number;
  readonly checks: readonly Check[];
}

export interface Planned {
  readonly method: "restore" | "promotion";
  /** Exactly the time that is restored to; of a promotion the one that the replica was at, by its measured lag. */
  readonly asOf: string;
  /** Of a promotion: what the replica held for certain when it was measured. */
  readonly measuredAsOf?: string;
  readonly engineVersion: string;
  /** Nothing was written to the database by others between its recovery's plan and now: a later commit is RDS's own. */
  readonly resolvedAt: string;
}

/** Asks every table of every database, then looks at what an application would stumble over. The connection is one that a write was taken on. */
export const examine = async (tools: WaitTools, connection: RestoredDatabase, planned: Planned): Promise<Examined> => {
  const names = await connection.databases();
  const queried = await firstQueries(tools, names);
  const usableAt = tools.now();
  const serverVersion = await connection.serverVersion();
  // Asked again, on the connection that a write was taken on: this is what is kept.
  const inRecovery = await connection.isInRecovery();
  const newest = await connection.newestCommit(planned.resolvedAt);
  const asOf = planned.method === "restore" ? planned.asOf : newest;
  const checks: Check[] = [
    check("recovery", ENDED, inRecovery ? "in recovery" : ENDED),
    check("major release", majorOf(planned.engineVersion), majorOf(serverVersion)),
    newestCommitCheck(planned, newest),
    tablesCheck(queried),
    ...(await faultChecks(tools, names)),
  ];
  return { usableAt, ...(asOf === null ? {} : { asOf }), serverVersion, tables: queried.answered, checks };
};

/** A metric of whole seconds, and one that RDS takes now and then. */
const LAG_ROUNDING_MS = 1_000;

/** A restored database has no commit of after its time; a promoted replica has what it was measured to have. Without commit times neither is known. */
const newestCommitCheck = ({ method, asOf, measuredAsOf = asOf }: Planned, newest: string | null): Check => ({
  name: "newest commit",
  expected: method === "restore" ? `not after ${asOf}` : `not before ${measuredAsOf}`,
  actual: newest ?? "not known: the server keeps no commit times",
  passed:
    newest === null ||
    (method === "restore" ? Date.parse(newest) <= Date.parse(asOf) : Date.parse(newest) >= Date.parse(measuredAsOf) - LAG_ROUNDING_MS),
});

const ENDED = "ended, and writes are taken";

const firstQueries = async (tools: WaitTools, names: readonly string[]): Promise<Queried> => {
  let all: Queried = { answered: 0, unreadable: 0, failed: 0, failures: [] };
  await onEach(tools, names, async (database, name) => {
    const before = all;
    let asked = 0;
    const one = await database.firstQueries(() => {
      tools.deadline(() => `${before.answered + asked} tables have answered, those of ${name} not all`);
      asked += 1;
    });
    all = {
      answered: before.answered + one.answered,
      unreadable: before.unreadable + one.unreadable,
      failed: before.failed + one.failed,
      failures: [...before.failures, ...one.failures.map((failure) => `${name}: ${failure}`)].slice(0, NAMED_FAULTS),
    };
  });
  return all;
};

const faultChecks = async (tools: WaitTools, names: readonly string[]): Promise<readonly Check[]> => {
  const found: Record<keyof typeof FAULTS, Faulty[]> = { indexes: [], constraints: [], sequences: [] };
  await onEach(tools, names, async (database, name) => {
    tools.deadline(() => `every table has answered, the rest of ${name} was not looked at`);
    const faults = await database.faults();
    for (const kind of KINDS) {
      const { examples, ...faulty } = faults[kind];
      found[kind].push({ ...faulty, examples: examples.map((example) => `${name}: ${example}`) });
    }
  });
  return KINDS.map((kind) => faultCheck(FAULTS[kind], found[kind]));
};

const FAULTS = {
  indexes: "invalid indexes",
  constraints: "constraints not validated",
  sequences: "sequences behind their columns",
} as const;
const KINDS = ["indexes", "constraints", "sequences"] as const;

const faultCheck = (name: string, found: readonly Faulty[]): Check => {
  const count = found.reduce((sum, one) => sum + one.count, 0);
  const named = found.flatMap(({ examples }) => examples).slice(0, NAMED_FAULTS);
  const unknown = found.flatMap((one) => one.unknown ?? []);
  return {
    name,
    expected: "0",
    actual: [String(count), ...(named.length === 0 ? [] : [named.join("; ")]), ...unknown.map((what) => `not looked at: ${what}`)].join(
      ", ",
    ),
    passed: count === 0,
  };
};

const tablesCheck = ({ answered, unreadable, failed, failures }: Queried): Check => ({
  name: "tables that answer",
  expected: `${answered + failed}`,
  actual: [
    `${answered}`,
    ...failures,
    ...(unreadable === 0 ? [] : [`not known of ${unreadable}, which the master user may not read`]),
  ].join(", "),
  passed: failed === 0,
});

const onEach = async (
  { server }: WaitTools,
  names: readonly string[],
  work: (database: RestoredDatabase, name: string) => Promise<void>,
): Promise<void> => {
  for (const name of names) {
    const database = await server.connect(name);
    try {
      await work(database, name);
    } finally {
      await database.close().catch(() => undefined);
    }
  }
};

const check = (name: string, expected: string, actual: string): Check => ({ name, expected, actual, passed: expected === actual });

/** "15" of "15.10 (Debian 15.10-0+deb12u1)": a major release is one number since PostgreSQL 10. */
const majorOf = (version: string): string => /^\d+/.exec(version)?.[0] ?? version;
