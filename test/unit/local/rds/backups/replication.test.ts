import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run, waitUntil } from "../../../../../local/process";
import { type Chain, openChain } from "../../../../../local/rds/backups/chain";
import { MANIFEST, sha256OfFile } from "../../../../../local/rds/backups/files";
import { formatMicros, toMicros } from "../../../../../local/rds/backups/micros";
import { type Replication, startReplication } from "../../../../../local/rds/backups/replication";
import { takeIn } from "../../../../../local/rds/backups/spool";
import { spansOf, windowOf } from "../../../../../local/rds/backups/window";
import type { Tools } from "../../../../../local/rds/postgres/tools";
import { at, name } from "./holdings";

const root = mkdtempSync(join(tmpdir(), "lifeboat-replication-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const LAG_SECONDS = 300;
const PRIMARY = "us-east-1";
const RECOVERY = "eu-west-1";
/** The base backups here are no real ones: every one is accepted whose manifest says so. */
const tools: Pick<Tools, "account" | "attempt" | "system"> = {
  account: {},
  attempt: async (_tool, args) => {
    const isGood = readFileSync(join(args.at(-1) ?? "", MANIFEST), "utf8") === "good";
    return { code: isGood ? 0 : 1, stdout: "", stderr: "checksum mismatch" };
  },
  system: async (_doing, command, args) => (await run({ command, args })).stdout,
};

const openIn = (region: string, directory: string): Chain => {
  const chain = openChain({ region, resourceId: "db-A" }, join(directory, region));
  for (const each of [chain.walDirectory, chain.basesDirectory, chain.spoolDirectory]) mkdirSync(each, { recursive: true });
  return chain;
};

const running: Replication[] = [];
/** Also after a test that failed: what still copies keeps the process from ending. */
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

const bed = () => {
  const directory = mkdtempSync(join(root, "bed-"));
  const source = openIn(PRIMARY, directory);
  const cut = new Set<string>();
  const problems: string[] = [];
  let nowSeconds = 0;
  const now = (): Date => at(nowSeconds);
  return {
    directory,
    source,
    replica: openIn(RECOVERY, directory),
    cut,
    problems,
    passTo: (seconds: number): void => {
      nowSeconds = seconds;
    },
    segment: async (number: number): Promise<void> => {
      writeFileSync(join(source.spoolDirectory, name(number)), Buffer.alloc(200_000, number));
      await takeIn(source, now);
    },
    mark: (number: number): Promise<void> =>
      source.append({
        kind: "mark",
        time: formatMicros(toMicros(now())),
        segment: name(number),
        lsn: "0/0",
        idle: false,
        archivedAt: now().toISOString(),
      }),
    base: async (id: string, number: number): Promise<void> => {
      mkdirSync(source.baseDirectory(id));
      writeFileSync(join(source.baseDirectory(id), "data"), "rows");
      writeFileSync(join(source.baseDirectory(id), MANIFEST), "good");
      const manifestSha256 = await sha256OfFile(join(source.baseDirectory(id), MANIFEST));
      const segments = { firstSegment: name(number), lastSegment: name(number) };
      await source.append({
        kind: "base",
        id,
        end: formatMicros(toMicros(now())),
        ...segments,
        sizeBytes: 4,
        manifestSha256,
        archivedAt: now().toISOString(),
      });
    },
    replicate: (replica: Chain): Replication => {
      const replication = startReplication({
        tools: tools as Tools,
        source,
        replica,
        lagSeconds: LAG_SECONDS,
        now,
        isCut: (region) => cut.has(region),
        report: (problem) => void problems.push(problem),
      });
      running.push(replication);
      return replication;
    },
    stop: () => Promise.all(running.map((each) => each.stop())),
  };
};

const until = (what: string, probe: () => boolean): Promise<void> => waitUntil(probe, { what, timeoutMs: 20_000, intervalMs: 10 });
/** Several turns of the copying: what it may copy, it has copied. */
const turns = (): Promise<void> => sleep(250);
const kinds = ({ entries }: Chain): readonly string[] => entries.map((each) => (each.kind === "segment" ? each.name : each.kind));
const windowFor = (chain: Chain) => windowOf(spansOf(chain.holdings()));

describe("A replica", () => {
  test("gets each piece when the lag has passed, in order, and not before", async () => {
    const { source, replica, replicate, passTo, segment, mark, base, stop } = bed();
    await segment(1);
    await base("base", 1);
    passTo(10);
    await mark(1);
    passTo(20);
    await segment(2);
    replicate(replica);

    passTo(LAG_SECONDS - 1);
    await turns();
    const early = kinds(replica);
    passTo(LAG_SECONDS + 10);
    await until("the mark has arrived", () => replica.entries.length === 3);
    await turns();
    const later = kinds(replica);
    const windowThen = windowFor(replica);
    passTo(LAG_SECONDS + 20);
    await until("all has arrived", () => replica.entries.length === 4);
    await stop();

    expect(early).toEqual([]);
    expect(later).toEqual([name(1), "base", "mark"]);
    expect(windowThen).toEqual({ earliest: at(0), latest: at(10), gaps: [] });
    expect(kinds(replica)).toEqual(kinds(source));
    expect(replica.segment(name(2))?.sha256).toBe(source.segment(name(2))?.sha256);
    expect(readFileSync(replica.segmentFile(name(2))).equals(readFileSync(source.segmentFile(name(2))))).toBe(true);
    expect(readdirSync(replica.baseDirectory("base")).sort()).toEqual([MANIFEST, "data"]);
  });

  test.each([PRIMARY, RECOVERY])("gets nothing while %s is lost, and the rest when it is back", async (region) => {
    const { source, replica, replicate, cut, passTo, segment, stop } = bed();
    await segment(1);
    cut.add(region);
    replicate(replica);
    passTo(LAG_SECONDS + 60);

    await turns();
    const meanwhile = kinds(replica);
    cut.delete(region);
    await until("it has arrived", () => replica.entries.length === 1);
    await stop();

    expect(meanwhile).toEqual([]);
    expect(kinds(replica)).toEqual(kinds(source));
  });

  test("does not take what is no longer what was archived: it has a gap, and says which segment", async () => {
    const { source, replica, replicate, problems, passTo, segment, mark, base, stop } = bed();
    await segment(1);
    await base("base", 1);
    for (const number of [1, 2, 3]) {
      passTo(number * 10);
      if (number > 1) await segment(number);
      await mark(number);
    }
    writeFileSync(source.segmentFile(name(2)), "changed");
    replicate(replica);

    passTo(LAG_SECONDS + 60);
    await until("the last mark has arrived", () => replica.newestMark()?.segment.number === 3);
    await stop();

    expect(replica.segment(name(2))).toBeUndefined();
    expect(problems).toEqual([expect.stringContaining(`${name(2)} is corrupt in ${PRIMARY}`)]);
    expect(windowFor(replica)?.latest).toEqual(at(10));
  });

  test("goes on after a crash from what had arrived, whatever was half there", async () => {
    const { directory, source, replica, replicate, passTo, segment, base, mark, stop } = bed();
    await segment(1);
    await base("base", 1);
    await mark(1);
    replicate(replica);
    passTo(LAG_SECONDS + 1);
    await until("all has arrived", () => replica.entries.length === 3);
    await stop();
    await segment(2);
    await base("base-2", 2);
    // The machine stopped after each of the steps of a copy.
    writeFileSync(`${replica.segmentFile(name(2))}.partial`, "half");
    mkdirSync(`${replica.baseDirectory("base-2")}.partial`);
    mkdirSync(replica.baseDirectory("base-2"));
    writeFileSync(join(replica.baseDirectory("base-2"), "data"), "half");

    const again = openIn(RECOVERY, directory);
    const validAtOnce = windowFor(again);
    replicate(again);
    passTo(2 * LAG_SECONDS + 10);
    await until("the rest has arrived", () => again.entries.length === 5);
    await stop();

    expect(validAtOnce).toEqual(windowFor(replica));
    expect(kinds(again)).toEqual(kinds(source));
    expect(readFileSync(join(again.baseDirectory("base-2"), "data"), "utf8")).toBe("rows");
    expect(readdirSync(again.walDirectory).sort()).toEqual([name(1), name(2)]);
    expect(readdirSync(again.basesDirectory).sort()).toEqual(["base", "base-2"]);
  });

  test("keeps what the source keeps, by its own clock of arrivals", async () => {
    const { source, replica, replicate, passTo, segment, base, mark, stop } = bed();
    const day = 86_400;
    source.retentionDays = 1;
    for (const number of [1, 2, 3]) {
      passTo(number * day);
      await segment(number);
      await base(`base-${number}`, number);
      await mark(number);
    }
    replicate(replica);

    passTo(3 * day + LAG_SECONDS);
    await until("the last mark has arrived", () => replica.newestMark()?.segment.number === 3);
    await stop();

    expect(existsSync(replica.baseDirectory("base-1"))).toBe(false);
    expect(windowFor(replica)).toEqual({ earliest: at(2 * day), latest: at(3 * day), gaps: [] });
  });
});
