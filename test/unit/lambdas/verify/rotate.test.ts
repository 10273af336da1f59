import { noDeadline } from "../../../../lambdas/shared/deadline";
import { proveAgain, provePoint } from "../../../../lambdas/verify/proof";
import { rotate } from "../../../../lambdas/verify/rotate";
import { verifyOnSchedule } from "../../../../lambdas/verify/schedule";
import { openAs } from "../../../../recovery/catalogue/authentic";
import { sign } from "../../../../recovery/catalogue/authenticity";
import { READINGS_PREFIX, readingKey } from "../../../../recovery/catalogue/keys";
import { Reading } from "../../../../recovery/catalogue/reading";
import { judge } from "../../../../recovery/catalogue/select";
import { LifeboatError } from "../../../../recovery/errors";
import { CATALOGUE_KEY, memoryKey } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";
import { exportedPoint, fiveRecords, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { catalogueIn, proofTools, proveInto, sealInto } from "../support/vaults";

const INTERVAL_SECONDS = 900;

const pointAt = (hour: number) => {
  const time = `2026-11-24T${String(hour).padStart(2, "0")}`;
  return exportedPoint(`chroma-20261124T${String(hour).padStart(2, "0")}0000Z-0001`, fiveRecords, {
    startedAt: `${time}:00:00.000Z`,
    finishedAt: `${time}:00:20.000Z`,
  });
};

const prepare = async (points: number, runs = 1) => {
  const clock = clockAt("2026-11-24T22:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const entryKeys: string[] = [];
  for (let hour = 0; hour < points; hour += 1) entryKeys.unshift(await proveInto(vault, clock.now, pointAt(hour)));
  const { log, messages } = memoryLog();
  const refusals: Date[] = [];
  const tools = { ...proofTools(vault, clock.now), half: noDeadline, log, refused: async () => void refusals.push(clock.now()) };
  let run = 0;
  const settings = () => {
    run += 1;
    return { system: SYSTEM, runs, intervalSeconds: INTERVAL_SECONDS, run: String(run).padStart(4, "0") };
  };
  /** The next scheduled run. */
  const next = (changed = tools) => {
    clock.passSeconds(INTERVAL_SECONDS);
    return rotate(changed, settings());
  };
  const partOf = (hour: number) => pointAt(hour).objects[0]?.key ?? "";
  return { clock, entryKeys, messages, next, partOf, refusals, settings, tools, vault };
};

/** Time for so many points, by the parts that are read. */
const timeFor = (points: number) => {
  let parts = points * pointAt(0).objects.length - points;
  return (progress: () => string) => {
    // Only what begins to read a part takes time.
    if (!progress().startsWith("reading ")) return;
    parts -= 1;
    if (parts < 0) throw new LifeboatError({ code: "interrupted", what: "the time is over", hint: "call again" });
  };
};

describe("a run of the rotation", () => {
  it("reads back what is due, and writes signed and once what it read", async () => {
    const { entryKeys, next, vault } = await prepare(3);

    const reading = await next();

    expect(reading).toMatchObject({ passed: entryKeys, failed: [], expired: [], left: [], rotation: { runs: 1, slots: [0] } });
    const [key] = vault.keysUnder(READINGS_PREFIX);
    const { found } = await openAs(CATALOGUE_KEY, Reading, { key: key ?? "", text: vault.text(key ?? "") ?? "" });
    expect(found?.value).toEqual(reading);
  });

  it("reads every point once in N runs", async () => {
    const { entryKeys, next } = await prepare(8, 4);

    const readings = [await next(), await next(), await next(), await next()];

    expect(readings.flatMap(({ passed }) => passed).sort()).toEqual([...entryKeys].sort());
    expect(readings.every(({ passed }) => passed.length < entryKeys.length)).toBe(true);
  });

  it("gives a point that no longer reads back a failed proof, which wins", async () => {
    const { entryKeys, next, partOf, refusals, tools, vault } = await prepare(2);
    vault.corrupt(partOf(1), (bytes) => bytes.map((byte) => byte ^ 1));

    const reading = await next();

    expect(reading.failed).toEqual([{ key: entryKeys[0], reasons: expect.arrayContaining([expect.stringContaining(partOf(1))]) }]);
    expect(reading.passed).toEqual([entryKeys[1]]);
    expect(refusals).toHaveLength(1);
    expect(await judge(tools.catalogue, SYSTEM, "chroma", entryKeys[0] ?? "")).toMatchObject({
      usable: false,
      reason: expect.stringContaining("did not read back"),
    });
  });

  it("takes a failure back when the point reads back again, as after a reader's own fault", async () => {
    const { entryKeys, next, tools } = await prepare(1);
    const broken = { ...tools, readers: { chroma: async () => [{ name: "records", expected: "5", actual: "4", passed: false }] } };
    await next(broken);
    expect((await judge(tools.catalogue, SYSTEM, "chroma", entryKeys[0] ?? "")).usable).toBe(false);

    await next();

    expect((await judge(tools.catalogue, SYSTEM, "chroma", entryKeys[0] ?? "")).usable).toBe(true);
  });

  it("writes no proof that says what the newest one says", async () => {
    const { next, vault } = await prepare(2);
    const before = vault.keysUnder("catalogue/proofs/");

    await next();

    expect(vault.keysUnder("catalogue/proofs/")).toEqual(before);
  });

  it("names what its time does not suffice for, and the next run begins with it", async () => {
    const { entryKeys, next, tools } = await prepare(3, 1);

    const first = await next({ ...tools, deadline: timeFor(1) });
    const second = await next({ ...tools, deadline: timeFor(2) });

    expect(first.passed).toEqual([entryKeys[0]]);
    // The point that stopped the run comes last, so that one too large for any run does not keep the others from theirs.
    expect(first.left.map(({ key }) => key)).toEqual([entryKeys[2], entryKeys[1]]);
    expect(second.passed).toEqual([entryKeys[2], entryKeys[1]]);
    expect(second.left.map(({ key }) => key)).toEqual([entryKeys[0]]);
  });

  it("leaves a point that cannot be read now, and says why", async () => {
    const { entryKeys, next, partOf, tools, vault } = await prepare(2);
    const get = vault.get.bind(vault);
    vault.get = async (key, versionId) => {
      if (key === partOf(1)) throw new Error("503 SlowDown");
      return get(key, versionId);
    };

    const reading = await next(tools);

    expect(reading.left).toEqual([{ key: entryKeys[0], reason: "503 SlowDown", since: reading.rotation.tick }]);
    expect(reading.passed).toEqual([entryKeys[1]]);
  });

  it("does not read what its lock no longer holds, and says so", async () => {
    const { clock, entryKeys, next } = await prepare(1);
    clock.passSeconds(91 * 86_400);

    expect(await next()).toMatchObject({ expired: entryKeys, passed: [] });
  });

  it("does not take a forged checkpoint for its own", async () => {
    const { clock, entryKeys, next, vault } = await prepare(2, 1);
    const honest = await next();
    const future = new Date(clock.now().getTime() + 60_000).toISOString();
    const key = readingKey(future, "ffff");
    // It would say that the next slots were read already.
    const forged = { ...honest, startedAt: future, rotation: { ...honest.rotation, tick: honest.rotation.tick + 100 } };
    vault.add(key, await sign(memoryKey("mine"), key, forged));

    expect((await next()).passed).toEqual(entryKeys);
  });
});

describe("a scheduled call", () => {
  it("proves what nobody has read back yet, then rotates", async () => {
    const { clock, settings, tools, vault } = await prepare(1);
    const pending = await sealInto(vault, clock.now, pointAt(20));

    const response = await verifyOnSchedule(tools, settings(), () => "0000");

    expect(response.points).toEqual([expect.objectContaining({ entryKey: pending, outcome: "passed" })]);
    expect(response.rotation).toEqual({ passed: 2, failed: 0, left: 0 });
  });

  it("fails, for its alarm to see, once something was due for a whole rotation and is still not read", async () => {
    const { clock, entryKeys, settings, tools } = await prepare(2, 2);
    const never = { ...tools, deadline: timeFor(0) };
    const call = (changed: typeof tools) => {
      clock.passSeconds(INTERVAL_SECONDS);
      return verifyOnSchedule(changed, settings(), () => "0000");
    };

    await call(never);
    await call(never);
    const late = call(never).then(() => call(never));

    await expect(late).rejects.toMatchObject({ code: "objective-missed", message: expect.stringContaining(entryKeys[0] ?? "-") });
    await expect(call(tools)).resolves.toMatchObject({ rotation: { passed: 2, failed: 0, left: 0 } });
  });

  it("rotates all the same when a new point cannot be read now, and throws that at the end", async () => {
    const { clock, partOf, settings, tools, vault } = await prepare(1);
    await sealInto(vault, clock.now, pointAt(20));
    const get = vault.get.bind(vault);
    vault.get = async (key, versionId) => {
      if (key === partOf(20)) throw new Error("503 SlowDown");
      return get(key, versionId);
    };

    await expect(verifyOnSchedule(tools, settings(), () => "0000")).rejects.toThrow("SlowDown");

    const [key] = vault.keysUnder(READINGS_PREFIX);
    expect(key).toBeDefined();
  });
});

it("a forgery in a proof's place does not keep the proof out", async () => {
  const clock = clockAt("2026-11-24T22:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const entryKey = await sealInto(vault, clock.now, pointAt(1));
  vault.add(entryKey.replace("catalogue/points/", "catalogue/proofs/"), "{}");

  const proven = await provePoint(proofTools(vault, clock.now), SYSTEM, entryKey);
  const again = await proveAgain(proofTools(vault, clock.now), SYSTEM, entryKey);

  expect([proven.outcome, again.outcome]).toEqual(["passed", "already-proven"]);
  expect(await judge(catalogueIn(vault), SYSTEM, "chroma", entryKey)).toMatchObject({ usable: true });
});
