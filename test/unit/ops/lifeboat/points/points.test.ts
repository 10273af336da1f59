import { rm } from "node:fs/promises";
import { join } from "node:path";
import { lockFor } from "../../../../../lambdas/seal/locks";
import { sizeText } from "../../../../../ops/lifeboat/points/report";
import { pointKey } from "../../../../../recovery/catalogue/keys";
import { MAX_ENTRIES_READ } from "../../../../../recovery/catalogue/select";
import { exportedPoint } from "../../../lambdas/support/chroma-point";
import { configurationPoint, secretsOf, trustInto } from "../../../lambdas/support/configuration-point";
import { measureInto } from "../../../lambdas/support/restore-measurement";
import { proveInto, sealInto } from "../../../lambdas/support/vaults";
import { exportAt, hour, prepare, project, RESTORE, useProject } from "./catalogue";

useProject();

describe("points", () => {
  test("lists the points of each series newest first, with all that an operator decides by", async () => {
    const { clock, vault, run } = prepare();
    await proveInto(vault, clock.now, exportAt(9));
    await proveInto(vault, clock.now, exportAt(10));
    await sealInto(vault, clock.now, exportAt(11));
    await trustInto(vault, clock.now, configurationPoint("secrets", secretsOf("shop/db")));

    const { code, text, closed } = await run("--json");

    expect([code, closed]).toEqual([0, 1]);
    const [chroma, secrets] = JSON.parse(text).series;
    expect(chroma.points.map(({ pointId, usable, reason, retention }: never) => [pointId, usable, reason, retention])).toEqual([
      [
        "chroma-20261124T110000Z-1a2b",
        false,
        "it has not been read back yet",
        { keep: true, reason: expect.stringMatching(/^locked until 2027-02-22T12:00:00/) },
      ],
      ["chroma-20261124T100000Z-1a2b", true, "read back and locked", { keep: true, reason: "the last good point of its series" }],
      ["chroma-20261124T090000Z-1a2b", true, "read back and locked", { keep: true, reason: expect.stringMatching(/^locked until/) }],
    ]);
    expect(chroma.points[1]).toMatchObject({
      asOf: "2026-11-24T10:00:00.000Z",
      ageSeconds: 7200,
      parts: 3,
      counts: { atSource: 5, written: 5 },
      lockedUntil: "2027-02-22T12:00:00.000Z",
      provenAt: "2026-11-24T12:00:00.000Z",
    });
    expect(secrets).toMatchObject({ series: "configuration/secrets", store: "configuration", more: false });
  });

  test("prints tables, one a series, and says what cannot be restored from", async () => {
    const { clock, vault, run } = prepare();
    await proveInto(vault, clock.now, exportAt(10));
    await trustInto(vault, clock.now, configurationPoint("secrets", secretsOf("shop/db")), false);

    const { code, text } = await run();

    expect(code).toBe(1);
    expect(text).toContain("│ chroma-20261124T100000Z-1a2b");
    expect(text).toContain("configuration/secrets: NOTHING USABLE");
    expect(text).toMatch(/NO: it did not read back:/);
  });

  test("looks at the lock that stands now, which a renewal moved or somebody took away", async () => {
    const { clock, vault, run } = prepare();
    const point = exportAt(10);
    await proveInto(vault, clock.now, point);
    const manifest = point.objects.at(-1)?.key ?? "";
    await vault.lock(manifest, vault.versionsOf(manifest)[0]?.versionId ?? "", lockFor("GOVERNANCE", 400, clock.now()));

    const renewed = JSON.parse((await run("--json")).text).series[0].points[0];

    expect(renewed.lockedUntil).toBe("2027-12-29T12:00:00.000Z");
  });

  test("a point that a lifecycle rule hid and a renewed lock keeps is there, and can be restored from", async () => {
    const { clock, vault, run } = prepare();
    await proveInto(vault, clock.now, exportAt(10));
    for (const key of vault.keysUnder("")) vault.add(key, undefined);

    expect(JSON.parse((await run("--json")).text).series[0].points[0]).toMatchObject({ usable: true, retention: { keep: true } });
  });

  test("says how long the newest usable point of the vectors takes to come back, and by which rate", async () => {
    const { clock, vault, run } = prepare(RESTORE);
    await proveInto(vault, clock.now, exportAt(10));
    await sealInto(vault, clock.now, exportAt(11));
    measureInto(vault, { records: 5, recordsPerSecond: 0.5 });

    const [json, { text }] = [JSON.parse((await run("--json")).text), await run()];

    expect(json.series[0].restore).toMatchObject({
      ...{ pointId: "chroma-20261124T100000Z-1a2b", records: 5, expectedSeconds: 610, meetsRto: true },
      measuredBy: { recoveryId: "drill-1a2b", records: 5 },
    });
    expect(text).toContain("  Restore of chroma-20261124T100000Z-1a2b: about 10 min 10 s from a disaster. ");
    expect(text).toContain("Rate measured by recovery drill-1a2b on 2026-11-20");
  });

  test("reads a bounded number of objects, however many points there are", async () => {
    const { clock, vault, run } = prepare();
    for (let number = 0; number < 12; number += 1) await proveInto(vault, clock.now, exportAt(number));
    vault.calls.length = 0;

    const { text } = await run("--limit", "2");

    expect(vault.calls.filter((call) => call.startsWith("get")).length).toBeLessThanOrEqual(2 * 4);
    expect(text).toContain("older ones were not read: --limit 4");
  });

  test("looks on for the last good point behind the newest ones, when none of these is good", async () => {
    const { clock, vault, run } = prepare(RESTORE);
    await proveInto(vault, clock.now, exportAt(1));
    for (let number = 2; number < 8; number += 1) await trustInto(vault, clock.now, exportAt(number), false);

    const [json, { code, text }] = [JSON.parse((await run("--limit", "3", "--json")).text), await run("--limit", "3")];

    expect(code).toBe(0);
    const [{ points, lastGood, restore }] = json.series;
    expect(points).toHaveLength(3);
    expect(lastGood).toMatchObject({
      pointId: "chroma-20261124T010000Z-1a2b",
      usable: true,
      retention: { reason: "the last good point of its series" },
    });
    expect(restore.pointId).toBe("chroma-20261124T010000Z-1a2b");
    expect(JSON.stringify(points)).not.toContain("no point of its series is known to be good");
    expect(text).toMatch(/the last good one is older:\n.*\n.*\n.*\n│ chroma-20261124T010000Z-1a2b/);
    expect(text).not.toContain("NOTHING USABLE");
  });

  test("says of a series without a good point whether all of it was read", async () => {
    const { clock, vault, run } = prepare();
    for (let number = 2; number < 8; number += 1) await trustInto(vault, clock.now, exportAt(number), false);

    const { code, text } = await run("--limit", "3");

    expect(code).toBe(1);
    expect(text).toContain("chroma: NOTHING USABLE");
    expect(text).toContain("older ones are no better");
  });

  test("does not say that there is no good one while some were not read", async () => {
    const { clock, vault, run } = prepare();
    clock.passSeconds(400 * 86_400);
    await proveInto(vault, clock.now, exportAt(0));
    const newer = Array.from(
      { length: MAX_ENTRIES_READ + 2 },
      (_, minute) => `2026-11-24T0${1 + Math.floor(minute / 60)}:${hour(minute % 60)}:00.000Z`,
    );
    for (const startedAt of newer)
      await sealInto(
        vault,
        clock.now,
        exportedPoint(`chroma-${startedAt.replace(/[-:]|\.\d+/g, "")}-1a2b`, [], { startedAt, finishedAt: startedAt }),
      );
    clock.passSeconds(100 * 86_400);

    const { text } = await run("--limit", "1", "--json");

    const [{ points, isAllRead, lastGood }] = JSON.parse(text).series;
    expect([isAllRead, lastGood]).toEqual([false, undefined]);
    expect(points[0].retention.reason).toBe("none of the newest 1 is known to be good; not all older ones were read");
  });

  test("tells which series it is reading", async () => {
    const { clock, vault, run, told } = prepare();
    await proveInto(vault, clock.now, exportAt(10));
    await trustInto(vault, clock.now, configurationPoint("secrets", secretsOf("shop/db")));

    await run("--json");

    expect(told).toEqual(["Reading the catalogue of acme", "0 %: chroma", "50 %: configuration/secrets", "done: "]);
  });

  test("names what stands among the entries and is none", async () => {
    const { clock, vault, run } = prepare();
    await proveInto(vault, clock.now, exportAt(10));
    vault.add(pointKey("chroma", "2026-11-24T11:30:00.000Z", "chroma-20261124T113000Z-ffff"), "{}");

    const { code, text } = await run();

    expect(code).toBe(0);
    expect(text).toMatch(
      /NO POINT: catalogue\/points\/chroma\/\d+-chroma-20261124T113000Z-ffff.json: the entry cannot be used: it is not authenticated/,
    );
  });

  test("without the policy's file it lists the points all the same, and says nothing of why they are kept", async () => {
    const { clock, vault, run } = prepare();
    await proveInto(vault, clock.now, exportAt(10));
    await rm(join(project.dir, "Pulumi.prod.yaml"));

    expect(JSON.parse((await run("--json")).text).series[0].points[0].retention).toBeNull();
  });

  test("an empty catalogue is no protection", async () => {
    const { run } = prepare();

    expect(await run()).toMatchObject({
      code: 1,
      text: expect.stringContaining("There is no recovery point. Hint: npm run lifeboat -- backup"),
    });
  });

  test.each([
    [["--store", "objects"], /no recovery points of such a store/],
    [["--limit", "0"], /no number of points/],
    [["--what"], /Unknown option/],
    [["--region", "here"], /no value of --region/],
  ])("refuses %j before anything is read", async (argv, message) => {
    const { run } = prepare();

    await expect(run(...argv)).rejects.toThrow(message);
  });

  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1500, "1.5 KB"],
    [2_345_678, "2.3 MB"],
    [7e15, "7000.0 TB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});
