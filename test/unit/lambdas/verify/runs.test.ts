import fc from "fast-check";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { proveAgain, provePoint } from "../../../../lambdas/verify/proof";
import { verifyOnSchedule } from "../../../../lambdas/verify/schedule";
import { verifyEntries } from "../../../../lambdas/verify/verify";
import { open, sign } from "../../../../recovery/catalogue/authenticity";
import { PROGRESS_PREFIX, proofKeyOf } from "../../../../recovery/catalogue/keys";
import { Proof } from "../../../../recovery/catalogue/point";
import { Progress } from "../../../../recovery/catalogue/progress";
import { LifeboatError } from "../../../../recovery/errors";
import { CATALOGUE_KEY, memoryKey } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";
import { exportedPoint, fiveRecords, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { DUMP_POINT, dumpOf, inFrames } from "../support/postgres-dump";
import { proofTools, sealInto, signedIn } from "../support/vaults";

// Some twenty places behind the table of contents.
const dump = dumpOf(undefined, DUMP_POINT, inFrames(5, 3));
const POINTS = {
  chroma: exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords),
  postgres: {
    objects: [
      ...[...dump.objects].map(([key, body]) => ({ key, body })),
      { key: `postgres/${DUMP_POINT}/manifest.json`, body: JSON.stringify(dump.dump) },
    ],
  },
};

const prepare = async (store: keyof typeof POINTS = "postgres") => {
  const clock = clockAt("2026-11-24T10:10:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const entryKey = await sealInto(vault, clock.now, POINTS[store]);
  const { log, messages } = memoryLog();
  const refusals: Date[] = [];
  const tools = { ...proofTools(vault, clock.now), log, refused: async () => void refusals.push(clock.now()) };
  const proof = () => Proof.parse(signedIn(vault, proofKeyOf(entryKey)));
  /** One run with time for so many places where it can be continued. */
  const run = (places: number, prove = provePoint) => {
    clock.passSeconds(900);
    return prove({ ...tools, deadline: timeFor(places) }, SYSTEM, entryKey);
  };
  const untilEnded = async (stops: readonly number[], prove = provePoint) => {
    for (let number = 0; ; number += 1) {
      const { outcome } = await run(stops[number % stops.length] ?? 1, prove);
      if (outcome !== "unfinished") return { outcome, runs: number + 1 };
    }
  };
  const checkpoints = () => vault.keysUnder(PROGRESS_PREFIX);
  const reads = () => vault.calls.filter((call) => call.startsWith("get postgres/") && call.includes("/part-")).length;
  return { checkpoints, clock, entryKey, messages, proof, reads, refusals, run, tools, untilEnded, vault };
};

/** The time ends at this place; what is begun by then is done. */
const timeFor = (places: number) => {
  let left = places;
  return (progress: () => string) => {
    if (progress().startsWith("reading ")) return;
    left -= 1;
    if (left <= 0) throw new LifeboatError({ code: "interrupted", what: "the time is over", hint: "call again" });
  };
};

const FAULTS = ["none", "changed", "gone", "unlocked"] as const;

/** Makes a part of the sealed point what it should not be. */
const spoil = (vault: MemoryObjects, key: string, fault: (typeof FAULTS)[number]): void => {
  const get = vault.get.bind(vault);
  vault.get = async (asked, versionId) => {
    const found = await get(asked, versionId);
    if (asked !== key || found === undefined || fault === "none") return found;
    if (fault === "gone") return undefined;
    return fault === "unlocked" ? { ...found, lock: undefined } : { ...found, bytes: found.bytes.map((byte) => byte ^ 1) };
  };
};

describe("a point that takes several runs", () => {
  it.each(["chroma", "postgres"] as const)(
    "of %s gets the proof of one run, wherever the runs stop and whatever is wrong",
    async (store) => {
      const parts = POINTS[store].objects.slice(0, -1).map(({ key }) => key);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...FAULTS),
          fc.constantFrom(...parts),
          fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
          async (fault, key, stops) => {
            const whole = await prepare(store);
            spoil(whole.vault, key, fault);
            await whole.run(Number.POSITIVE_INFINITY);
            const inRuns = await prepare(store);
            spoil(inRuns.vault, key, fault);

            await inRuns.untilEnded(stops);

            expect(inRuns.proof().checks).toEqual(whole.proof().checks);
            expect(inRuns.proof().passed).toBe(fault === "none");
          },
        ),
        { numRuns: 8 },
      );
    },
  );

  it("does not read again what an earlier run read, but for the table of contents and the part that it stopped in", async () => {
    const { checkpoints, untilEnded, vault } = await prepare();
    const last = dump.dump.databases[0]?.parts.slice(-6) ?? [];

    const { runs } = await untilEnded([3]);

    expect(runs).toBeGreaterThan(5);
    // One run reads it ahead, one reads it, one goes on in it; the sealing read it before.
    for (const { key } of last) expect(vault.calls.filter((call) => call === `get ${key}`).length).toBeLessThanOrEqual(1 + 3);
    // One of each run, and that the work has ended.
    expect(checkpoints()).toHaveLength(runs);
  });

  it("is begun anew once it was read to its end", async () => {
    const { checkpoints, run, untilEnded } = await prepare();
    await untilEnded([3]);
    const before = checkpoints().length;

    const again = await run(Number.POSITIVE_INFINITY, proveAgain);

    expect(again).toMatchObject({ outcome: "already-proven", passed: true });
    expect(checkpoints()).toHaveLength(before);
  });

  it("is gone on with after a worker was killed, from where that one began", async () => {
    const { checkpoints, run, tools, untilEnded, entryKey, vault, proof } = await prepare();
    await run(5);
    const before = checkpoints();
    const get = vault.get.bind(vault);
    let left = 4;
    // A process that is killed neither reads nor writes any more.
    vault.get = (key, versionId) => {
      left -= 1;
      return left < 0 ? new Promise(() => {}) : get(key, versionId);
    };
    const killed = provePoint(tools, SYSTEM, entryKey);
    void killed;
    await new Promise((resolve) => setImmediate(resolve));
    vault.get = get;
    expect(checkpoints()).toEqual(before);

    expect((await untilEnded([3])).outcome).toBe("passed");

    expect(proof().passed).toBe(true);
  });

  it("may be read by two at once: one proof, and the slower one's checkpoint is not gone on with", async () => {
    const { clock, entryKey, proof, run, tools, vault, untilEnded, reads } = await prepare();
    await run(4);
    const slow = { ...tools, deadline: timeFor(2) };
    const [first, second] = await Promise.all([provePoint(slow, SYSTEM, entryKey), provePoint(tools, SYSTEM, entryKey)]);
    expect([first.outcome, second.outcome]).toEqual(["unfinished", "passed"]);
    // The slower one writes last.
    const newest = vault.keysUnder(PROGRESS_PREFIX).find((key) => readProgress(vault, key)?.finished === false) ?? "";
    const late = { ...progressIn(vault, newest), writtenAt: new Date(clock.now().getTime() + 60_000).toISOString() };
    const key = newest.replace(/\d{13}/, String(9_999_999_999_999 - Date.parse(late.writtenAt)));
    vault.add(key, await sign(CATALOGUE_KEY, key, late));
    clock.passSeconds(120);
    const before = reads();

    expect((await untilEnded([Number.POSITIVE_INFINITY], proveAgain)).outcome).toBe("already-proven");

    expect(reads() - before).toBeGreaterThanOrEqual(dump.dump.databases[0]?.parts.length ?? Number.NaN);
    expect(proof().passed).toBe(true);
    expect(vault.versionsOf(proofKeyOf(entryKey))).toHaveLength(1);
  });

  it.each([
    ["edited", (text: string) => text.replace(/"database":0/, '"database":1')],
    ["of another key's code", undefined],
  ])("does not take a checkpoint for its own that is %s, and tells it", async (_what, edit) => {
    const { checkpoints, messages, refusals, run, untilEnded, vault, proof } = await prepare();
    await run(4);
    const [key = ""] = checkpoints();
    const other = edit ?? (await sign(memoryKey("mine"), key, progressIn(vault, key)));
    const forged = typeof other === "string" ? other : other(vault.text(key) ?? "");
    expect(forged).not.toBe(vault.text(key));
    vault.corrupt(key, () => Buffer.from(forged));

    expect((await untilEnded([Number.POSITIVE_INFINITY])).outcome).toBe("passed");

    expect(messages("error")).toContain("a checkpoint was refused");
    expect(refusals).toHaveLength(1);
    expect(proof().passed).toBe(true);
  });

  it("is begun anew from a checkpoint of another entry, or one that nobody went on with for a day", async () => {
    for (const change of [
      { subject: { key: "catalogue/points/postgres/other.json", sha256: "0".repeat(64) } },
      { writtenAt: "2026-11-23T10:00:00.000Z" },
    ]) {
      const { checkpoints, reads, run, vault } = await prepare();
      await run(8);
      const [key = ""] = checkpoints();
      const other = await sign(CATALOGUE_KEY, key, { ...progressIn(vault, key), ...change });
      vault.corrupt(key, () => Buffer.from(other));
      const before = reads();

      await run(Number.POSITIVE_INFINITY);

      expect(reads() - before).toBe(dump.dump.databases[0]?.parts.length);
    }
  });

  it("keeps what it reached when a fault that may pass ends a run, and throws that", async () => {
    const { checkpoints, proof, run, untilEnded, vault } = await prepare();
    const get = vault.get.bind(vault);
    const last = dump.dump.databases[0]?.parts.at(-1)?.key;
    vault.get = async (key, versionId) => {
      if (key === last) throw new Error("503 SlowDown");
      return get(key, versionId);
    };
    await expect(run(Number.POSITIVE_INFINITY)).rejects.toThrow("SlowDown");
    vault.get = get;

    expect(checkpoints()).toHaveLength(1);
    await untilEnded([Number.POSITIVE_INFINITY]);
    expect(proof().passed).toBe(true);
  });

  it("leaves what comes behind it in an event to the schedule, without a failure", async () => {
    const { clock, entryKey, tools, vault } = await prepare();
    const other = await sealInto(vault, clock.now, POINTS.chroma);

    const { points } = await verifyEntries({ ...tools, deadline: timeFor(2) }, SYSTEM, [entryKey, other]);

    expect(points.map(({ outcome }) => outcome)).toEqual(["unfinished", "unfinished"]);
  });

  it("has half of a scheduled run for itself, and what the rotation leaves of the other", async () => {
    const { clock, entryKey, proof, tools, vault } = await prepare();
    const old = await sealInto(vault, clock.now, POINTS.chroma);
    await provePoint(tools, SYSTEM, old);
    const settings = { system: SYSTEM, runs: 1000, intervalSeconds: 900 };

    const response = await verifyOnSchedule({ ...tools, deadline: noDeadline, half: timeFor(2) }, settings, () => "0000");

    expect(response.points).toEqual([expect.objectContaining({ entryKey, outcome: "passed" })]);
    expect(response.rotation).toEqual({ passed: 0, failed: 0, left: 0 });
    expect(proof().passed).toBe(true);
  });
});

const readProgress = (vault: MemoryObjects, key: string) => Progress.safeParse(signedIn(vault, key)).data;

const progressIn = (vault: MemoryObjects, key: string): Progress => Progress.parse(signedIn(vault, key));

it("a checkpoint is signed under its own key", async () => {
  const { checkpoints, run, vault } = await prepare();
  await run(3);
  const [key = ""] = checkpoints();

  expect((await open(CATALOGUE_KEY, key, vault.text(key) ?? "")).problem).toBeUndefined();
  expect((await open(CATALOGUE_KEY, `${key}x`, vault.text(key) ?? "")).problem).toContain("not authentic");
});
