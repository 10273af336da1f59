import { writeCanary } from "../../../../lambdas/canary/write";
import type { DocumentVersion } from "../../../../lambdas/documents-restore/as-of";
import { restoreDocuments } from "../../../../lambdas/documents-restore/restore";
import { TARGET_MARKER_KEY } from "../../../../lambdas/documents-restore/target";
import { resolve } from "../../../../lambdas/resolve/resolve";
import { type Deadline, noDeadline } from "../../../../lambdas/shared/deadline";
import { recoveryResultKey } from "../../../../recovery/catalogue/keys";
import { LifeboatError } from "../../../../recovery/errors";
import { MemoryObjects } from "../../../support/memory-objects";
import { noBackups } from "../support/automated-backups";
import { SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";

const prepare = async (mode: "drill" | "failover" = "drill", time?: string) => {
  const clock = clockAt("2026-11-24T10:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const documentsReplica = new MemoryObjects("acme-documents-1-eu-west-1", clock.now);
  const target = new MemoryObjects("acme-recovered-1-abcd", clock.now);
  for (const name of ["a", "b", "c", "d"]) documentsReplica.add(`${name}.md`, `first ${name}`);
  clock.passSeconds(10);
  documentsReplica.add("a.md", "second a");
  documentsReplica.add("b.md", undefined);
  await writeCanary(documentsReplica, SYSTEM, clock.now());
  await resolve(
    { ...noBackups, system: SYSTEM, vault, documentsReplica, now: clock.now },
    {
      recoveryId: "drill-1",
      mode,
      strategy: time === undefined ? "latest" : "point-in-time",
      database: "restore",
      time,
      stores: ["objects"],
    },
  );
  clock.passSeconds(10);
  documentsReplica.add("c.md", "scrambled");
  documentsReplica.add("e.md", "later");
  const copy = async ({ key, versionId }: DocumentVersion) => {
    target.add(key, (await documentsReplica.get(key, versionId))?.bytes);
  };
  const restore = (options: { targetBucket?: string; deadline?: Deadline; recoveryId?: string } = {}) =>
    restoreDocuments(
      {
        system: SYSTEM,
        vault,
        documentsReplica,
        target,
        copy,
        recoveredBucketPrefix: "acme-recovered-1-",
        now: clock.now,
        deadline: options.deadline ?? noDeadline,
      },
      { recoveryId: options.recoveryId ?? "drill-1", targetBucket: options.targetBucket ?? target.bucket },
    );
  const documents = () =>
    Object.fromEntries(
      target
        .keysUnder("")
        .filter((key) => !key.startsWith(".lifeboat/"))
        .map((key) => [key, target.text(key)]),
    );
  return { clock, documents, documentsReplica, restore, target, vault };
};

const AS_PLANNED = { "a.md": "second a", "c.md": "first c", "d.md": "first d" };

describe("restoring documents into a recovery's own bucket", () => {
  it("brings the versions of the plan's time, without what was deleted before and what came later, and records it", async () => {
    const { documents, restore, vault } = await prepare();

    const result = await restore();

    expect(documents()).toEqual(AS_PLANNED);
    expect(result).toMatchObject({ objects: 3, sizeBytes: 22, alreadyThere: 0, passed: true, asOf: "2026-11-24T10:00:10.000Z" });
    expect(JSON.parse(vault.text(recoveryResultKey("drill-1", "objects")) ?? "")).toEqual(result);
  });

  it("goes on where it was interrupted, and records nothing before it is whole", async () => {
    const { documents, restore, target, vault } = await prepare();
    let copies = 0;
    const deadline: Deadline = () => {
      if (copies++ >= 1) throw new LifeboatError({ code: "interrupted", what: "out of time", hint: "call again" });
    };
    await expect(restore({ deadline })).rejects.toMatchObject({ code: "interrupted" });
    expect(vault.text(recoveryResultKey("drill-1", "objects"))).toBeUndefined();

    const result = await restore();

    expect(result).toMatchObject({ objects: 3, alreadyThere: 1, passed: true });
    expect(documents()).toEqual(AS_PLANNED);
    expect(target.versionsOf("a.md")).toHaveLength(1);
  });

  it("changes nothing when it is called again", async () => {
    const { restore, target } = await prepare();
    await restore();

    const again = await restore();

    expect(again).toMatchObject({ objects: 3, alreadyThere: 3, passed: true });
    expect(["a.md", "c.md", "d.md"].map((key) => target.versionsOf(key).length)).toEqual([1, 1, 1]);
  });

  it.each([
    ["a bucket without the prefix", { targetBucket: "acme-documents-1-eu-west-1" }],
    ["a recovery without a plan", { recoveryId: "drill-2" }],
  ])("refuses %s", async (_what, options) => {
    const { restore, target } = await prepare();

    await expect(restore(options)).rejects.toMatchObject({ code: "target-refused" });
    expect(target.keysUnder("")).toEqual([]);
  });

  it("refuses a bucket with somebody's data, one of another recovery, and foreign objects in its own", async () => {
    const foreign = await prepare();
    foreign.target.add("payroll.csv", "1");
    await expect(foreign.restore()).rejects.toThrow("holds payroll.csv");
    expect(foreign.target.keysUnder("")).toEqual(["payroll.csv"]);

    const taken = await prepare();
    taken.target.add(
      TARGET_MARKER_KEY,
      JSON.stringify({ schema: "lifeboat/restore-target/1", system: SYSTEM, recoveryId: "drill-0", startedAt: "2026-11-24T09:00:00.000Z" }),
    );
    await expect(taken.restore()).rejects.toThrow("belongs to another recovery: acme/drill-0");

    const mixed = await prepare();
    await mixed.restore();
    mixed.target.add("b.md", "not of this recovery");
    await expect(mixed.restore()).rejects.toThrow("holds b.md");
  });

  it("fills a bucket of its own in a failover to a time", async () => {
    const { documents, restore } = await prepare("failover", "2026-11-24T10:00:10.000Z");

    expect(await restore()).toMatchObject({ objects: 3, passed: true });
    expect(documents()).toEqual(AS_PLANNED);
  });

  it("copies nothing in a failover to the newest state", async () => {
    const { restore, target } = await prepare("failover");

    await expect(restore()).rejects.toMatchObject({ code: "target-refused" });
    expect(target.keysUnder("")).toEqual([]);
  });
});
