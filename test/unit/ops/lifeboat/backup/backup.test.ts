import type { Progress } from "../../../../../local/progress";
import { backupCommandWith } from "../../../../../ops/lifeboat/backup";
import { jobStarter } from "../../../../../ops/lifeboat/backup/job";
import type { Run, RunState, Starter } from "../../../../../ops/lifeboat/backup/starter";
import type { CommandIo } from "../../../../../ops/lifeboat/command";
import { LifeboatError } from "../../../../../recovery/errors";
import { MemoryObjects } from "../../../../support/memory-objects";
import { type ExportedPoint, exportedPoint, fiveRecords, SYSTEM } from "../../../lambdas/support/chroma-point";
import { clockAt } from "../../../lambdas/support/clock";
import { configurationPoint, secretsOf, trustInto } from "../../../lambdas/support/configuration-point";
import { catalogueIn, proveInto, sealInto } from "../../../lambdas/support/vaults";

const POINT = exportedPoint("chroma-20261124T100005Z-1a2b", fiveRecords, {
  startedAt: "2026-11-24T10:00:05.000Z",
  finishedAt: "2026-11-24T10:00:25.000Z",
});
const OLDER = exportedPoint("chroma-20261124T095900Z-0f0f", fiveRecords, {
  startedAt: "2026-11-24T09:59:00.000Z",
  finishedAt: "2026-11-24T09:59:20.000Z",
});
const SECRETS = configurationPoint("secrets", secretsOf("shop/db"), {
  pointId: "configuration-20261124T100006Z-2b3c",
  startedAt: "2026-11-24T10:00:06.000Z",
});

const prepare = () => {
  const clock = clockAt("2026-11-24T10:00:00.000Z");
  const [staging, vault] = [new MemoryObjects("staging", clock.now), new MemoryObjects("vault", clock.now)];
  const interrupt = new AbortController();
  const told: string[] = [];
  const progress: Progress = {
    step: (label) => ({
      update: (detail) => void told.push(`${label}: ${detail}`),
      done: (detail) => void told.push(`done ${label}: ${detail}`),
      fail: (detail) => void told.push(`failed ${label}: ${detail}`),
    }),
  };
  /** What happens at each pause, one after the other: the world goes on while the command waits. */
  const events: (() => unknown)[] = [];
  const pause = async () => {
    clock.passSeconds(10);
    await events.shift()?.();
  };
  const arriveInStaging = ({ objects }: Pick<ExportedPoint, "objects">) => {
    for (const { key, body } of objects) staging.add(key, body);
  };
  const run = async (starters: readonly Starter[], ...argv: string[]) => {
    let text = "";
    const command = backupCommandWith({
      connect: async () => ({
        standing: {
          buckets: { vault: "vault", documentsReplica: "r", documentsVault: "d" },
          keyArn: "arn:key",
          functions: {},
          stores: ["chroma"],
        },
        ...{ staging, vault, catalogue: catalogueIn(vault), starters, close: () => undefined },
      }),
      progress: () => progress,
      pause,
    });
    const io: CommandIo = {
      out: (said) => {
        text += said;
      },
      environment: {},
      projectDir: "/nowhere",
      now: clock.now,
      signal: interrupt.signal,
    };
    const code = await command.run([...argv, "--system", SYSTEM, "--region", "eu-west-1", "--primary-region", "us-east-1"], io);
    return { code, text };
  };
  return { clock, staging, vault, events, told, interrupt, arriveInStaging, run };
};

/** A way that answers these states, the last one for ever. */
const starterOf = (
  store: Starter["store"],
  states: readonly RunState[],
  { onChange = false, what = `way of ${store}` } = {},
): Starter & { starts: number } => {
  const left = [...states];
  const run: Run = {
    name: "run-1",
    state: async () => (left.length > 1 ? left.shift() : left[0]) ?? { kind: "succeeded" },
  };
  const starter = {
    ...{ store, what, onChange, starts: 0 },
    start: async () => {
      starter.starts += 1;
      return run;
    },
  };
  return starter;
};
const running: RunState = { kind: "running", detail: "exporting" };
const succeeded: RunState = { kind: "succeeded" };

describe("backup", () => {
  test("starts the export, and ends when its own point is sealed and read back", async () => {
    const { clock, vault, events, told, arriveInStaging, run } = prepare();
    arriveInStaging(OLDER);
    events.push(
      () => arriveInStaging(POINT),
      () => undefined,
      () => sealInto(vault, clock.now, POINT),
      () => proveInto(vault, clock.now, POINT),
    );

    const { code, text } = await run([starterOf("chroma", [running, running, succeeded])], "--store", "chroma");

    expect(code).toBe(0);
    expect(text).toMatch(/│ chroma │ chroma-20261124T100005Z-1a2b │ 2026-11-24T10:00:05Z │ +5 │ +40 s │ sealed and read back/);
    expect(text).not.toContain(OLDER.pointId);
    expect(told.map((line) => line.replace("chroma by way of chroma: ", ""))).toEqual([
      "exporting",
      "exporting",
      "chroma-20261124T100005Z-1a2b, on its way to the vault",
      "chroma-20261124T100005Z-1a2b, being read back",
      "done chroma-20261124T100005Z-1a2b",
    ]);
  });

  test("a store that is exported when it changes is up to date when nothing did", async () => {
    const { run } = prepare();

    const { code, text } = await run([starterOf("configuration", [succeeded], { onChange: true })], "--store", "configuration");

    expect(code).toBe(0);
    expect(text).toContain("nothing has changed (way of configuration)");
  });

  test("a run that succeeded and exported nothing where it always exports is a failure", async () => {
    const { run } = prepare();

    expect(await run([starterOf("chroma", [succeeded])], "--store", "chroma")).toMatchObject({
      code: 1,
      text: expect.stringContaining("FAILED: run-1 succeeded and exported nothing"),
    });
  });

  test("a failed run says why, and the other stores are waited for all the same", async () => {
    const { clock, vault, events, arriveInStaging, run } = prepare();
    events.push(async () => {
      arriveInStaging(POINT);
      await proveInto(vault, clock.now, POINT);
    });
    const starters = [
      starterOf("postgres", [{ kind: "failed", reason: "BackoffLimitExceeded" }]),
      starterOf("chroma", [running, succeeded]),
      starterOf("configuration", [succeeded], { onChange: true }),
    ];

    const { code, text } = await run(starters, "--store", "all", "--json");

    expect(code).toBe(1);
    expect(
      JSON.parse(text).results.map(({ store, result }: { store: string; result: { outcome: string; reason?: string } }) => [
        store,
        result.outcome,
        result.reason,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ["chroma", "done", undefined],
        ["postgres", "failed", "run-1: BackoffLimitExceeded"],
        ["configuration", "unchanged", undefined],
      ]),
    );
  });

  test("a point that did not read back is named, with a code that says so", async () => {
    const { clock, vault, arriveInStaging, events, run } = prepare();
    events.push(async () => {
      arriveInStaging(POINT);
      await trustInto(vault, clock.now, POINT, false);
    });

    expect(await run([starterOf("chroma", [running, succeeded])], "--store", "chroma")).toMatchObject({
      code: 1,
      text: expect.stringMatching(/REFUSED: it did not read back: content/),
    });
  });

  test("a point that never arrives is waited for no longer than was said", async () => {
    const { arriveInStaging, events, run } = prepare();
    events.push(() => arriveInStaging(POINT));

    const { code, text } = await run([starterOf("chroma", [running, succeeded])], "--store", "chroma", "--timeout", "60s");

    expect(code).toBe(1);
    expect(text).toMatch(/NOT IN TIME: it has not been sealed/);
  });

  test("the ways of one store run one after the other, and each tells of its own points", async () => {
    const { clock, vault, events, arriveInStaging, run } = prepare();
    events.push(async () => {
      arriveInStaging(SECRETS);
      await trustInto(vault, clock.now, SECRETS);
    });
    const first = starterOf("configuration", [running, succeeded], { onChange: true, what: "function" });
    const second = starterOf("configuration", [succeeded], { onChange: true, what: "job" });

    const { code, text } = await run([first, second], "--store", "configuration", "--json");

    expect(code).toBe(0);
    expect(JSON.parse(text).results).toMatchObject([
      {
        what: "function",
        result: { outcome: "done", points: [{ series: "configuration/secrets", pointId: SECRETS.pointId, outcome: "proven" }] },
      },
      { what: "job", result: { outcome: "unchanged" } },
    ]);
  });

  test("a way that this system does not have is no failure beside one that it has, and is one alone", async () => {
    const absent: Starter = { store: "postgres", what: "job of acme-postgres-dump", onChange: false, start: async () => undefined };
    const whole = [absent, starterOf("configuration", [succeeded], { onChange: true })];

    expect(await prepare().run(whole, "--store", "all")).toMatchObject({
      code: 0,
      text: expect.stringMatching(/not configured: there is no job of\s+│?/),
    });
    expect(await prepare().run(whole, "--store", "postgres")).toMatchObject({ code: 1 });
  });

  test("whoever interrupts is told that it goes on, and nothing is started again", async () => {
    const { interrupt, events, told, run } = prepare();
    const starter = starterOf("chroma", [running]);
    events.push(() =>
      interrupt.abort(new LifeboatError({ code: "interrupted", what: "The command was interrupted", hint: "Start it again" })),
    );

    await expect(run([starter], "--store", "chroma")).rejects.toMatchObject({ code: "interrupted" });
    expect(starter.starts).toBe(1);
    expect(told.at(-1)).toBe("failed chroma by way of chroma: interrupted; what was started goes on");
  });

  test.each([
    [[], /Which store/],
    [["--store", "objects"], /replicated as they are written/],
    [["--store", "mail"], /no such store/],
    [["--store", "all", "--timeout", "soon"], /duration/],
  ])("refuses %j before anything is started", async (argv, message) => {
    const starter = starterOf("chroma", [succeeded]);

    await expect(prepare().run([starter], ...argv)).rejects.toThrow(message);
    expect(starter.starts).toBe(0);
  });
});

describe("a job's state", () => {
  const jobs = (state: { complete: boolean; failed?: string; activePods: number }) => ({
    createFrom: async () => "acme-postgres-dump-manual-1",
    state: async () => state,
  });
  const stateOf = async (state: Parameters<typeof jobs>[0]) =>
    (await jobStarter(jobs(state), { store: "postgres", onChange: false }, "acme-postgres-dump", "1").start())?.state();

  test("is that of its pods and conditions", async () => {
    expect(await stateOf({ complete: false, activePods: 0 })).toEqual({ kind: "running", detail: "waiting for a pod" });
    expect(await stateOf({ complete: false, activePods: 1 })).toEqual({ kind: "running", detail: "exporting" });
    expect(await stateOf({ complete: true, activePods: 0 })).toEqual({ kind: "succeeded" });
    expect(await stateOf({ complete: false, failed: "DeadlineExceeded", activePods: 0 })).toEqual({
      kind: "failed",
      reason: "DeadlineExceeded; kubectl logs job/acme-postgres-dump-manual-1 --all-containers",
    });
  });
});
