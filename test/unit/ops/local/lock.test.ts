import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Home } from "../../../../ops/local/home";
import { isRunning, signalProcess, startOf } from "../../../../ops/local/identity";
import { type Holder, readHolder, releaseLock, takeLock } from "../../../../ops/local/lock";
import { holder, newHome } from "./fixtures";

const isHeld = ({ process }: Holder): Promise<boolean> => isRunning(process);

describe("the lock", () => {
  let home: Home;
  beforeEach(() => {
    home = newHome();
  });
  afterEach(() => rmSync(home.directory, { recursive: true }));

  const take = (mine: Holder): Promise<Holder | undefined> => takeLock({ file: home.lock, holder: mine, isHeld });
  const leave = (left: Holder): void => writeFileSync(home.lock, JSON.stringify(left));

  test("is taken, names its holder, and only its owner reads it", async () => {
    const mine = await holder("mine", { control: { port: 1, token: "t" } });

    expect(await take(mine)).toBeUndefined();

    expect(await readHolder(home.lock)).toEqual(mine);
    expect(statSync(home.lock).mode & 0o777).toBe(0o600);
    expect(readdirSync(home.directory)).toEqual(["lock.json"]);
  });

  test("of a process that runs is respected, and named", async () => {
    const theirs = await holder("theirs");
    leave(theirs);

    expect(await take(await holder("mine"))).toEqual(theirs);
    expect(await readHolder(home.lock)).toEqual(theirs);
  });

  test.each([
    ["of a process that is gone", { pid: 2 ** 30, started: "then" }],
    ["of a process whose number belongs to another one now", { pid: process.pid, started: "another start" }],
  ])("%s is taken over", async (_, process) => {
    leave(await holder("theirs", { process }));

    expect(await take(await holder("mine"))).toBeUndefined();
    expect((await readHolder(home.lock))?.id).toBe("mine");
  });

  test("that nobody can have written is taken over", async () => {
    writeFileSync(home.lock, "{");

    expect(await take(await holder("mine"))).toBeUndefined();
  });

  test("that was left behind is taken over by exactly one of many", async () => {
    for (let round = 0; round < 20; round++) {
      leave(await holder(`left ${round}`, { process: { pid: 2 ** 30, started: "then" } }));
      const holders = await Promise.all(Array.from({ length: 8 }, (_, index) => holder(`taker ${round}.${index}`)));

      const others = await Promise.all(holders.map(take));

      const winner = (await readHolder(home.lock))?.id;
      expect(others.filter((other) => other === undefined)).toHaveLength(1);
      expect(holders[others.indexOf(undefined)]?.id).toBe(winner);
      expect(readdirSync(home.directory)).toEqual(["lock.json"]);
    }
  });

  test("is released by its holder only", async () => {
    await take(await holder("mine"));

    await releaseLock(home.lock, "theirs");
    expect((await readHolder(home.lock))?.id).toBe("mine");

    await releaseLock(home.lock, "mine");
    expect(await readHolder(home.lock)).toBeUndefined();
  });
});

describe("who a process is", () => {
  test("its number with its start; another start is another process, and is not signalled", async () => {
    const started = (await startOf(process.pid)) ?? "";

    expect(await isRunning({ pid: process.pid, started })).toBe(true);
    expect(await isRunning({ pid: process.pid, started: `${started} or later` })).toBe(false);
    expect(await signalProcess({ pid: process.pid, started: `${started} or later` }, "SIGKILL")).toBe(false);
    expect(await startOf(2 ** 30)).toBeUndefined();
  });
});
