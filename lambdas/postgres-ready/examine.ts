import type { Check } from "../../recovery/catalogue/point";
import { type Faulty, NAMED_FAULTS } from "./faulty";
import type { RestoredDatabase } from "./server";
import type { Queried } from "./tables";
import type { WaitTools } from "./wait";

export interface Examined {
  readonly usableAt: Date;
  readonly serverVersion: string;
  readonly tables: number;
  readonly checks: readonly Check[];
}

export interface Planned {
  readonly asOf: string;
  readonly engineVersion: string;
}

/** Asks every table of every database, then looks at what an application would stumble over. The connection is one that a write was taken on. */
export const examine = async (tools: WaitTools, connection: RestoredDatabase, planned: Planned): Promise<Examined> => {
  const names = await connection.databases();
  const queried = await firstQueries(tools, names);
  const usableAt = tools.now();
  const serverVersion = await connection.serverVersion();
  // Asked again, on the connection that a write was taken on: this is what is kept.
  const inRecovery = await connection.isInRecovery();
  const { at, late } = await connection.lastReplayed(planned.asOf);
  const checks: Check[] = [
    check("recovery", ENDED, inRecovery ? "in recovery" : ENDED),
    check("major release", majorOf(planned.engineVersion), majorOf(serverVersion)),
    {
      name: "newest replayed commit",
      expected: `not after ${planned.asOf}`,
      actual: at ?? "not known: the server was started again since its recovery",
      passed: !late,
    },
    tablesCheck(queried),
    ...(await faultChecks(tools, names)),
  ];
  return { usableAt, serverVersion, tables: queried.answered, checks };
};

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
