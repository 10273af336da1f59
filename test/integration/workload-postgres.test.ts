import { setTimeout as sleep } from "node:timers/promises";
import { rootCertificates } from "node:tls";
import { Client } from "pg";
import { silentProgress } from "../../local/progress";
import { type DocumentVersion, documentVersion } from "../../local/workload/document";
import { loadDocuments } from "../../local/workload/load";
import { deleteDocument, putDocument } from "../../local/workload/operations";
import { type DatabaseWriter, databaseOverTls } from "../../local/workload/postgres";
import { Recorder } from "../../local/workload/recorder";
import { transactionOf } from "../../local/workload/transaction";
import { type ComparisonFacts, compare } from "../../ops/drill/compare";
import { readDatabase } from "../../ops/drill/recovered-postgres";
import type { DatabaseSecret } from "../../recovery/catalogue/standing";
import { inAnotherRegion } from "../../recovery/evidence/since";
import { startTestPostgres, type TestPostgres } from "../support/postgres-server";
import { endpointsIn, MemoryLedger, MemoryStores } from "../unit/local/workload/memory";

const TIMEOUT_MS = 10_000;
const writtenAt = new Date("2026-01-01T00:00:00.123Z");
const versionOf = (key: string, revision = 0, text = `${key}\n\n${"Wörter ".repeat(300)}`): DocumentVersion =>
  documentVersion({ key, text, revision, writtenAt });

/** An application with this server's credentials, as they are when it asks. */
const applicationOf = ({ host, port, database, user, password, ca }: TestPostgres, changes: { readonly ca?: string } = {}) => {
  const asked: string[] = [];
  const secret: { password: string } = { password };
  const writer = databaseOverTls({
    endpoint: { host, port, database },
    ca: changes.ca ?? ca,
    secret: async (): Promise<DatabaseSecret> => {
      asked.push(secret.password);
      return { engine: "postgres", host, port, dbname: database, username: user, password: secret.password };
    },
  });
  return { writer, asked, secret };
};

describe("an application's database", () => {
  let server: TestPostgres;
  let number = 0;
  const writers: DatabaseWriter[] = [];

  beforeAll(async () => {
    server = await startTestPostgres();
    await application().writer.createSchema(TIMEOUT_MS);
  });
  afterAll(async () => {
    for (const writer of writers) writer.close();
    await server?.stop();
  });

  const application = (changes: { readonly ca?: string } = {}) => {
    const made = applicationOf(server, changes);
    writers.push(made.writer);
    return made;
  };
  const next = (...versions: readonly DocumentVersion[]) => {
    number += 1;
    return transactionOf({ number, kind: "put", sentAt: writtenAt, versions });
  };
  const count = (sql: string): Promise<string> => server.superuser(`SELECT count(*) FROM ${sql}`).then((text) => text.trim());
  const endSessions = () =>
    server.superuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'shop' AND application_name = 'workload'");

  test("is no superuser's, and is encrypted", async () => {
    const { writer } = application();
    await writer.commit(next(versionOf("encrypted")), TIMEOUT_MS);
    const sessions = await server.superuser(
      "SELECT DISTINCT s.ssl, u.usesuper FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) JOIN pg_user u ON u.usename = a.usename WHERE a.application_name = 'workload'",
    );
    expect(sessions.trim()).toBe("t|f");
  });

  test("is asked for with one reading of the secret, and with another one after its connection is gone", async () => {
    const { writer, asked } = application();
    for (const key of ["one", "two", "three"]) await writer.commit(next(versionOf(key)), TIMEOUT_MS);
    expect(asked).toHaveLength(1);
    await endSessions();
    // The end may be noticed by this commit or before it.
    await writer.commit(next(versionOf("four")), TIMEOUT_MS).catch(() => undefined);
    await writer.commit(next(versionOf("five")), TIMEOUT_MS);
    expect(asked).toHaveLength(2);
    expect(await count("documents WHERE key = 'five'")).toBe("1");
  });

  test("takes its new password after it refused the old one", async () => {
    const { writer, asked, secret } = application();
    await writer.commit(next(versionOf("before")), TIMEOUT_MS);
    await server.superuser("ALTER ROLE shop PASSWORD 'changed'");
    try {
      await endSessions();
      const refused = () => writer.commit(next(versionOf("refused")), TIMEOUT_MS);
      await refused().catch(() => undefined);
      await expect(refused()).rejects.toThrow(/password authentication failed/);
      secret.password = "changed";
      await writer.commit(next(versionOf("after")), TIMEOUT_MS);
      expect(asked.at(-1)).toBe("changed");
    } finally {
      await server.superuser(`ALTER ROLE shop PASSWORD '${server.password.replaceAll("'", "''")}'`);
    }
  });

  test("whose certificate comes from another authority is not spoken to", async () => {
    const { writer } = application({ ca: rootCertificates[0] ?? "" });
    await expect(writer.commit(next(versionOf("stranger")), TIMEOUT_MS)).rejects.toThrow(/certificate/);
  });

  test("that refuses a statement has done nothing of its transaction, and the secret is not read again", async () => {
    const { writer, asked } = application();
    const first = next(versionOf("taken"));
    await writer.commit(first, TIMEOUT_MS);
    await expect(writer.commit(next(versionOf("new"), versionOf("taken")), TIMEOUT_MS)).rejects.toThrow(/documents_key_key/);
    await expect(writer.commit(next(versionOf("taken", 5)), TIMEOUT_MS)).rejects.toThrow(/UPDATE changed 0 rows instead of 1/);
    await writer.commit(next(versionOf("taken", 1)), TIMEOUT_MS);
    expect(asked).toHaveLength(1);
    expect(await count("documents WHERE key = 'new'")).toBe("0");
    expect(await count(`commits WHERE number > ${first.number}`)).toBe("1");
  });

  test("that does not answer in time is given up, and what was sent to it is not committed later", async () => {
    const { writer } = application();
    const { host, port, database, user, password, ca } = server;
    const other = new Client({ host, port, database, user, password, ssl: { ca } });
    await other.connect();
    await other.query("BEGIN; LOCK TABLE documents");
    const late = next(versionOf("late"));
    await expect(writer.commit(late, 300)).rejects.toThrow(/no answer within 300 ms/);
    await other.query("ROLLBACK");
    await other.end();
    await writer.commit(next(versionOf("on time")), TIMEOUT_MS);
    expect(await count(`commits WHERE number = ${late.number}`)).toBe("0");
  });

  test("with tables in it is refused as a new one", async () => {
    await expect(application().writer.createSchema(TIMEOUT_MS)).rejects.toThrow(/already exists/);
  });
});

test("a server without TLS is not spoken to", async () => {
  const server = await startTestPostgres({ tls: false });
  try {
    await expect(applicationOf(server).writer.createSchema(TIMEOUT_MS)).rejects.toThrow(/does not support SSL/);
    await expect(readDatabase(server)).rejects.toThrow(/does not support SSL/);
  } finally {
    await server.stop();
  }
});

describe("what is read back from a database", () => {
  const ledger = new MemoryLedger();
  let server: TestPostgres;
  let facts: ComparisonFacts;

  beforeAll(async () => {
    server = await startTestPostgres();
    const { writer } = applicationOf(server);
    const stores = new MemoryStores();
    const recorder = new Recorder(ledger, () => new Date());
    const targetIn = (region: string) => ({ ...stores.connect(endpointsIn(region)), database: writer });
    const primary = targetIn("us-east-1");
    await loadDocuments(
      recorder,
      primary,
      Array.from({ length: 120 }, (_, index) => versionOf(`loaded ${index}`)),
      silentProgress,
    );
    await putDocument(recorder, primary, versionOf("loaded 7", 1, "shorter"), versionOf("loaded 7"));
    await deleteDocument(recorder, primary, versionOf("loaded 8"));
    await putDocument(recorder, primary, versionOf("written"));
    // The ledger's times are cut to milliseconds: what is answered in the same one as the restored time proves nothing.
    await sleep(10);
    facts = factsAt(new Date());
    await sleep(10);
    await putDocument(recorder, targetIn("eu-west-1"), versionOf("since"));
    writer.close();
  });
  afterAll(() => server?.stop());

  const factsAt = (asOf: Date): ComparisonFacts => ({
    disasterAt: asOf,
    since: inAnotherRegion("us-east-1"),
    rpoObjectiveSeconds: { postgres: 60, objects: 60, chroma: 60 },
    asOf: { postgres: asOf },
  });

  /** The checks of PostgreSQL alone that fail on a copy of the database with a fault in it. */
  const failedWith = async (name: string, fault: string): Promise<readonly string[]> => {
    await server.superuser(`CREATE DATABASE ${name} TEMPLATE shop OWNER shop`, "postgres");
    await server.superuser(fault, name);
    const database = await readDatabase({ ...server, database: name });
    const { checks } = compare(facts, ledger.entries, { database, vectors: new Map(), documents: new Map() });
    return checks
      .filter((check) => check.store === "postgres" && !check.name.startsWith("references") && !check.passed)
      .map((check) => check.name);
  };

  test("is what the ledger says, value for value", async () => {
    expect(await failedWith("whole", "SELECT 1")).toEqual([]);
  });

  const changed = ["digests", "complete as of its time", "no torn transaction"];
  const number = (kind: string) => `(SELECT number FROM commits WHERE kind = '${kind}' ORDER BY number DESC LIMIT 1 OFFSET 1)`;

  test.each([
    ["a chunk too few", "DELETE FROM chunks WHERE id = 5", changed],
    ["a float that became an integer", `UPDATE documents SET metadata = jsonb_set(metadata, '{whole}', '1') WHERE id = 3`, changed],
    ["a number without its last zero", "UPDATE documents SET weight = trim_scale(weight) WHERE id = 3", changed],
    ["a time without its microseconds", "UPDATE documents SET written_at = date_trunc('second', written_at) WHERE id = 3", changed],
    ["a text in another case", "UPDATE chunks SET content = upper(content) WHERE id = 3", changed],
    [
      "a commit that is missing with all its rows",
      `DELETE FROM documents WHERE commit_number = ${number("put")}; DELETE FROM commits WHERE number = ${number("put")}`,
      ["complete as of its time", "exact as of its time"],
    ],
    [
      "a commit that nobody sent",
      `INSERT INTO commits SELECT 99999, kind, document_key, digest, sent_at FROM commits WHERE kind = 'put' LIMIT 1`,
      ["count", "digests", "exact as of its time"],
    ],
    [
      "half of a transaction",
      `DELETE FROM documents WHERE commit_number = ${number("put")}`,
      ["complete as of its time", "no torn transaction"],
    ],
    ["a sequence that starts again", "SELECT setval('chunk_ids', 1, false)", ["sequences do not collide"]],
    ["an identity that starts again", "ALTER TABLE documents ALTER COLUMN id RESTART WITH 121", ["sequences do not collide"]],
    [
      "a constraint that was not validated",
      "ALTER TABLE documents ADD CONSTRAINT sized CHECK (size_bytes > 0) NOT VALID",
      ["constraints hold"],
    ],
    ["a constraint that is not enforced", "ALTER TABLE chunks DISABLE TRIGGER ALL", ["constraints hold"]],
    [
      "chunks of no document",
      "SET session_replication_role = replica; DELETE FROM documents WHERE id = 3",
      ["complete as of its time", "no torn transaction", "constraints hold"],
    ],
  ])("%s fails", async (name, fault, checks) => {
    expect(await failedWith(name.replaceAll(" ", "_").slice(0, 40), fault)).toEqual(checks);
  });

  test("a database without the company's tables cannot be read, and the error says what that may mean", async () => {
    await server.superuser("CREATE DATABASE bare OWNER shop", "postgres");
    await expect(readDatabase({ ...server, database: "bare" })).rejects.toThrow(/"commits" does not exist.*before the first load/);
  });
});
