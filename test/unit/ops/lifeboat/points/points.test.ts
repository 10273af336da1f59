import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockFor } from "../../../../../lambdas/seal/locks";
import type { CommandIo } from "../../../../../ops/lifeboat/command";
import { pointsCommandWith } from "../../../../../ops/lifeboat/points";
import { sizeText } from "../../../../../ops/lifeboat/points/report";
import { pointKey } from "../../../../../recovery/catalogue/keys";
import { MemoryObjects } from "../../../../support/memory-objects";
import { exportedPoint, fiveRecords } from "../../../lambdas/support/chroma-point";
import { clockAt } from "../../../lambdas/support/clock";
import { configurationPoint, secretsOf, trustInto } from "../../../lambdas/support/configuration-point";
import { catalogueIn, proveInto, sealInto } from "../../../lambdas/support/vaults";

let projectDir: string;
beforeEach(async () => {
  projectDir = await mkdtemp(join(tmpdir(), "lifeboat-points-"));
  await writeFile(
    join(projectDir, "Pulumi.dr.yaml"),
    "config:\n  lifeboat:system: acme\n  lifeboat:regions: {primary: us-east-1, recovery: eu-west-1}\n",
  );
  await writeFile(
    join(projectDir, "Pulumi.prod.yaml"),
    "config:\n  lifeboat:vault: {lockMode: COMPLIANCE, backupRetentionDays: 90, documentsRetentionDays: 365}\n",
  );
});
afterEach(() => rm(projectDir, { recursive: true, force: true }));

const hour = (number: number) => String(number).padStart(2, "0");
const exportAt = (number: number) =>
  exportedPoint(`chroma-20261124T${hour(number)}0000Z-1a2b`, fiveRecords, {
    startedAt: `2026-11-24T${hour(number)}:00:00.000Z`,
    finishedAt: `2026-11-24T${hour(number)}:00:20.000Z`,
  });

const prepare = () => {
  const clock = clockAt("2026-11-24T12:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now, 1000);
  let said = "";
  let closed = 0;
  const command = pointsCommandWith(async () => ({
    standing: {
      buckets: { vault: "vault", documentsReplica: "r", documentsVault: "d" },
      keyArn: "arn:key",
      functions: {},
      stores: ["chroma"],
    },
    vault,
    catalogue: catalogueIn(vault),
    close: () => {
      closed += 1;
    },
  }));
  const run = async (...argv: string[]) => {
    said = "";
    const io: CommandIo = {
      out: (text) => {
        said += text;
      },
      environment: {},
      projectDir,
      now: clock.now,
      signal: new AbortController().signal,
    };
    return { code: await command.run(argv, io), text: said, closed };
  };
  return { clock, vault, run };
};

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

  test("reads a bounded number of objects, however many points there are", async () => {
    const { clock, vault, run } = prepare();
    for (let number = 0; number < 12; number += 1) await proveInto(vault, clock.now, exportAt(number));
    vault.calls.length = 0;

    const { text } = await run("--limit", "2");

    expect(vault.calls.filter((call) => call.startsWith("get")).length).toBeLessThanOrEqual(2 * 4);
    expect(text).toContain("older ones were not read: --limit 4");
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
    await rm(join(projectDir, "Pulumi.prod.yaml"));

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
