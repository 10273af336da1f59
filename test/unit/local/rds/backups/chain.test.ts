import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Chain, openChain } from "../../../../../local/rds/backups/chain";
import type { Entry } from "../../../../../local/rds/backups/entries";
import { formatMicros, toMicros } from "../../../../../local/rds/backups/micros";
import { spansOf, windowOf } from "../../../../../local/rds/backups/window";
import { at, name } from "./holdings";

const root = mkdtempSync(join(tmpdir(), "lifeboat-chain-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const DAY = 86_400;
let made = 0;

const emptyChain = (): Chain => {
  made += 1;
  const directory = join(root, String(made));
  const chain = openChain({ region: "us-east-1", resourceId: "db-A" }, directory);
  for (const each of [chain.walDirectory, chain.basesDirectory, chain.spoolDirectory]) mkdirSync(each, { recursive: true });
  return chain;
};
const reopened = (chain: Chain): Chain => openChain(chain.id, chain.directory);
const windowFor = (chain: Chain) => windowOf(spansOf(chain.holdings()));

const archivedAt = at(0).toISOString();
const addSegment = async (chain: Chain, number: number): Promise<void> => {
  writeFileSync(chain.segmentFile(name(number)), "wal");
  await chain.append({ kind: "segment", name: name(number), sizeBytes: 3, usedBytes: 3, sha256: "", archivedAt });
};
const addMark = (chain: Chain, seconds: number, number: number): Promise<void> =>
  chain.append({ kind: "mark", time: formatMicros(toMicros(at(seconds))), segment: name(number), lsn: "0/0", idle: false, archivedAt });
const addBase = async (chain: Chain, endSeconds: number, number: number): Promise<void> => {
  const id = `base-${endSeconds}`;
  mkdirSync(chain.baseDirectory(id));
  const segments = { firstSegment: name(number), lastSegment: name(number) };
  await chain.append({
    kind: "base",
    id,
    end: formatMicros(toMicros(at(endSeconds))),
    ...segments,
    sizeBytes: 100,
    manifestSha256: "",
    archivedAt,
  });
};
const fill = async (chain: Chain, endDays: readonly number[]): Promise<void> => {
  for (const [index, days] of endDays.entries()) {
    await addSegment(chain, index + 1);
    await addBase(chain, days * DAY, index + 1);
    await addMark(chain, days * DAY + 10, index + 1);
  }
};

describe("A chain", () => {
  test("is what its index says, when it is opened again", async () => {
    const chain = emptyChain();
    await fill(chain, [1, 2]);

    const again = reopened(chain);

    expect(again.entries).toEqual(chain.entries);
    expect(windowFor(again)).toEqual(windowFor(chain));
    expect(again.sizeBytes()).toBe(206);
  });

  test("forgets a line that was being written when the machine stopped, and goes on", async () => {
    const chain = emptyChain();
    await fill(chain, [1]);
    appendFileSync(join(chain.directory, "index.jsonl"), '{"kind":"segment","name":"0000');

    const again = reopened(chain);
    await addSegment(again, 2);

    expect(reopened(again).entries).toEqual([...chain.entries, again.entries.at(-1)]);
  });

  test("misses a segment whose file was deleted behind its back", async () => {
    const chain = emptyChain();
    await fill(chain, [1]);
    await addSegment(chain, 2);
    await addMark(chain, 2 * DAY, 2);
    const before = windowFor(chain);

    rmSync(chain.segmentFile(name(2)));

    expect(before?.latest).toEqual(at(2 * DAY));
    expect(windowFor(chain)?.latest).toEqual(at(DAY + 10));
  });

  test("drops what has expired, the file and the promise, and says why in its index", async () => {
    const chain = emptyChain();
    await fill(chain, [1, 2, 3]);
    chain.retentionDays = 7;

    await chain.expire(at(9 * DAY));

    expect(windowFor(chain)?.earliest).toEqual(at(2 * DAY));
    expect(readdirSync(chain.basesDirectory).sort()).toEqual(["base-172800", "base-259200"]);
    expect(readdirSync(chain.walDirectory).sort()).toEqual([name(2), name(3)]);
    expect(chain.entries.at(-1)).toMatchObject<Partial<Entry>>({ kind: "expired", reason: expect.stringContaining("base-172800") });
    expect(windowFor(reopened(chain))).toEqual(windowFor(chain));
  });

  test("drops nothing while a restore reads from it", async () => {
    const chain = emptyChain();
    await fill(chain, [1, 2, 3]);
    chain.retentionDays = 7;
    const release = chain.hold();

    await chain.expire(at(9 * DAY));
    expect(existsSync(chain.baseDirectory("base-86400"))).toBe(true);

    release();
    release();
    await chain.expire(at(9 * DAY));
    expect(existsSync(chain.baseDirectory("base-86400"))).toBe(false);
    expect(chain.isHeld).toBe(false);
  });
});
