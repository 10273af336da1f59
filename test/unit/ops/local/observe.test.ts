import { rmSync, writeFileSync } from "node:fs";
import { askToStop, type Control, type Facts, startControl } from "../../../../ops/local/control";
import type { Home } from "../../../../ops/local/home";
import { observe } from "../../../../ops/local/observe";
import { writeEnding, writeState } from "../../../../ops/local/state";
import { statusOf } from "../../../../ops/local/status";
import { facts, holder, newHome, state } from "./fixtures";

const GONE = { pid: 2 ** 30, started: "then" };

describe("what is going on", () => {
  let home: Home;
  let control: Control;
  let said: Facts;
  let stops: number;

  beforeEach(async () => {
    home = newHome();
    said = facts();
    stops = 0;
    control = await startControl({
      token: "token",
      facts: () => said,
      stop: () => {
        stops += 1;
      },
    });
  });
  afterEach(() => {
    control.close();
    rmSync(home.directory, { recursive: true });
  });

  const holdWith = async (over: Parameters<typeof holder>[1] = {}): Promise<void> =>
    writeFileSync(home.lock, JSON.stringify(await holder("one", { control: { port: control.port, token: "token" }, ...over })));
  const aws = (resources: () => Promise<number>) => () => ({
    endpoints: async () => undefined,
    databaseSecret: () => Promise.reject(new Error("not asked")),
    buckets: async () => [],
    resources,
  });

  test("nothing was started", async () => {
    const seen = await observe(home);

    expect(seen).toEqual({ is: "absent" });
    expect(
      await statusOf(
        seen,
        home,
        aws(async () => 0),
      ),
    ).toMatchObject({ state: "absent", pid: null });
  });

  test("it runs: its process answers, and what it runs is its own", async () => {
    await holdWith();
    await writeState(home, state);

    const seen = await observe(home);

    expect(seen).toMatchObject({ is: "running", state: { holderId: "one" } });
    expect(
      await statusOf(
        seen,
        home,
        aws(async () => 7),
      ),
    ).toMatchObject({
      state: "running",
      pid: process.pid,
      since: state.since,
      stacks: { prod: { resources: 7 }, dr: { resources: 7 } },
    });
  });

  test("it runs, and AWS does not answer", async () => {
    await holdWith();
    await writeState(home, state);

    const status = await statusOf(
      await observe(home),
      home,
      aws(() => Promise.reject(new Error("connection refused"))),
    );

    expect(status).toMatchObject({ state: "broken", pid: process.pid, reason: "connection refused" });
  });

  test.each(["starting", "stopping"] as const)("it is %s", async (phase) => {
    await holdWith();
    said = facts({ phase });

    expect(await observe(home)).toMatchObject({ is: "busy", doing: phase });
  });

  test("somebody else listens where it listened: it does not answer, whatever they say", async () => {
    await holdWith();
    await writeState(home, state);
    said = facts({ id: "another" });

    expect(await observe(home)).toMatchObject({ is: "silent" });
  });

  test("without the token nobody is told anything, nor stops it", async () => {
    const stranger = await holder("one", { control: { port: control.port, token: "guessed" } });

    expect(await askToStop(stranger)).toBeUndefined();
    expect(stops).toBe(0);
    expect(await askToStop(await holder("one", { control: { port: control.port, token: "token" } }))).toMatchObject({ id: "one" });
    expect(stops).toBe(1);
  });

  test("it was killed: its process is gone without a word", async () => {
    await holdWith({ process: GONE });
    await writeState(home, state);

    const seen = await observe(home);

    expect(seen).toEqual({ is: "ended", ending: undefined, pid: GONE.pid });
    const status = await statusOf(
      seen,
      home,
      aws(async () => 0),
    );
    expect(status.reason).toBe(`process ${GONE.pid} is gone without a word: it was killed, or the machine was restarted`);
    expect(status).toMatchObject({ state: "ended", log: home.log });
  });

  test("it ended by itself, and said why", async () => {
    await writeEnding(home, new Date("2026-11-26T10:15:00Z"), "it crashed: no space left");

    const status = await statusOf(
      await observe(home),
      home,
      aws(async () => 0),
    );

    expect(status).toMatchObject({ state: "ended", reason: "it crashed: no space left (2026-11-26T10:15:00.000Z)" });
  });
});
