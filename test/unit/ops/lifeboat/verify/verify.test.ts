import { proveAgain } from "../../../../../lambdas/verify/proof";
import { verifyEntries } from "../../../../../lambdas/verify/verify";
import type { CommandIo } from "../../../../../ops/lifeboat/command";
import { verifyCommandWith } from "../../../../../ops/lifeboat/verify";
import { MemoryObjects } from "../../../../support/memory-objects";
import { exportedPoint, fiveRecords, SYSTEM } from "../../../lambdas/support/chroma-point";
import { clockAt } from "../../../lambdas/support/clock";
import { catalogueIn, proofTools, proveInto, sealInto } from "../../../lambdas/support/vaults";
import { recordedProgress } from "../progress";

const POINT = exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords);

const prepare = () => {
  const clock = clockAt("2026-11-24T12:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const asked: string[] = [];
  // The verifying function itself, called as its handler calls it.
  const readAgain = async (entryKey: string) => {
    asked.push(entryKey);
    const [point] = (await verifyEntries(proofTools(vault, clock.now), SYSTEM, [entryKey], proveAgain)).points;
    if (point === undefined) throw new Error("no answer");
    return point;
  };
  const { progress, told } = recordedProgress();
  const command = verifyCommandWith(
    async () => ({ vault, catalogue: catalogueIn(vault), readAgain, close: () => undefined }),
    () => progress,
  );
  const run = async (...argv: string[]) => {
    let text = "";
    const io: CommandIo = {
      out: (said) => {
        text += said;
      },
      environment: {},
      projectDir: "/nowhere",
      now: clock.now,
      signal: new AbortController().signal,
    };
    const code = await command.run([...argv, "--system", "acme", "--region", "eu-west-1"], io);
    return { code, text };
  };
  return { clock, vault, asked, run, told };
};

describe("verify --point", () => {
  test("reads exactly that point back, and shows each comparison", async () => {
    const { clock, vault, asked, run } = prepare();
    const entryKey = await sealInto(vault, clock.now, POINT);
    await sealInto(
      vault,
      clock.now,
      exportedPoint("chroma-20261124T110000Z-2b3c", fiveRecords, {
        startedAt: "2026-11-24T11:00:00.000Z",
        finishedAt: "2026-11-24T11:00:20.000Z",
      }),
    );

    const { code, text } = await run("--point", POINT.pointId);

    expect([code, asked]).toEqual([0, [entryKey]]);
    expect(text).toContain("read back now: it can be restored from");
    expect(text).toMatch(/✔ │ default_tenant\/default_database\/chunks: records +│ 5 +│ 5/);
  });

  test("reads one that was proven before again, and finds what has changed since", async () => {
    const { clock, vault, run } = prepare();
    await proveInto(vault, clock.now, POINT);
    expect(await run("--point", POINT.pointId)).toMatchObject({ code: 0, text: expect.stringContaining("as the proof that stands says") });
    vault.corrupt(POINT.objects[0]?.key ?? "", (bytes) => bytes.map((byte) => byte ^ 1));

    const { code, text } = await run("--point", POINT.pointId, "--json");

    expect(code).toBe(1);
    expect(JSON.parse(text)).toMatchObject({ outcome: "failed", passed: false });
    expect(JSON.parse(text).checks.filter(({ passed }: { passed: boolean }) => !passed).length).toBeGreaterThan(0);
  });

  test("tells how far it is on the way", async () => {
    const { clock, vault, run, told } = prepare();
    await sealInto(vault, clock.now, POINT);

    await run("--point", POINT.pointId, "--json");

    expect(told).toEqual([
      `Reading ${POINT.pointId} back`,
      "5 %: looking for its entry",
      "20 %: being read back",
      "90 %: reading what was compared",
      "done: passed",
    ]);
  });

  test("refuses an id that the catalogue does not have, and one that is none", async () => {
    const { clock, vault, run, asked } = prepare();
    await proveInto(vault, clock.now, POINT);

    await expect(run("--point", "chroma-20261124T100000Z-ffff")).rejects.toMatchObject({ code: "no-recovery-point" });
    await expect(run("--point", "../x")).rejects.toMatchObject({ code: "configuration" });
    await expect(run()).rejects.toMatchObject({ code: "configuration" });
    expect(asked).toEqual([]);
  });
});
