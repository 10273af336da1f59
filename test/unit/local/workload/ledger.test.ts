import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Attempt, createLedger, readLedger } from "../../../../local/workload/ledger";

const write = (key: string): Attempt => ({
  store: "objects",
  operation: "put",
  key,
  digest: "0".repeat(64),
  attemptedAt: "2026-01-01T00:00:00.000Z",
  region: "us-east-1",
  load: false,
});
const NOW = new Date("2026-01-01T00:00:01.000Z");

describe("the ledger's file", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lifeboat-ledger-"));
    path = join(folder, "ledger.jsonl");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("has what was noted, whoever noted it at the same time", async () => {
    const ledger = await createLedger(path);
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const sequences = await ledger.attempt([write(`${index}-a`), write(`${index}-b`)]);
        if (index % 2 === 0) await ledger.acknowledge(sequences, NOW);
      }),
    );
    await ledger.close();

    const { entries, torn } = await readLedger(path);
    expect(torn).toBe(false);
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 400 }, (_, index) => index));
    expect(entries.filter(({ acknowledgedAt }) => acknowledgedAt === NOW.toISOString())).toHaveLength(200);
    for (const { key, acknowledgedAt } of entries) expect(acknowledgedAt !== undefined).toBe(Number.parseInt(key, 10) % 2 === 0);
  });

  test("can be read as soon as a note is confirmed, while it is still open", async () => {
    const ledger = await createLedger(path);
    await ledger.attempt([write("a")]);
    expect((await readLedger(path)).entries).toHaveLength(1);
    await ledger.close();
  });

  test("with a torn last line it is read up to it", async () => {
    const ledger = await createLedger(path);
    await ledger.attempt([write("a")]);
    await ledger.close();
    appendFileSync(path, '{"line":"attempt","seq');
    expect(await readLedger(path)).toMatchObject({ torn: true, entries: [{ key: "a" }] });
  });

  test("is never shared by two runs", async () => {
    await (await createLedger(path)).close();
    await expect(createLedger(path)).rejects.toThrow(/EEXIST/);
  });

  test("fails those who note something when the disk does not take it", async () => {
    const ledger = await createLedger(path);
    await ledger.close();
    await expect(ledger.attempt([write("a")])).rejects.toThrow();
  });
});
