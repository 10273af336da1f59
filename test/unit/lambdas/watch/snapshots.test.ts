import type { LockedCopies } from "../../../../lambdas/shared/locked-copies";
import type { Measurement } from "../../../../lambdas/shared/metrics";
import { SnapshotJobEvent } from "../../../../lambdas/watch/events";
import { countFailedJob, publishLockedCopyAge } from "../../../../lambdas/watch/snapshots";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";

const SYSTEM = "acme";
const SOURCE = { instance: "acme-postgres", primaryRegion: "us-east-1" };

const prepare = () => {
  const clock = clockAt("2026-11-24T16:00:00.000Z");
  const published: Measurement[] = [];
  const { log, lines } = memoryLog();
  const metrics = { publish: async (measurements: readonly Measurement[]) => void published.push(...measurements) };
  const tools = { system: SYSTEM, metrics, log, now: clock.now };
  const age = (newest: LockedCopies["newest"]) => publishLockedCopyAge(tools, { copies: { newest }, ...SOURCE });
  const values = () => Object.fromEntries(published.map(({ name, value }) => [name, value]));
  return { age, lines, published, tools, values };
};

describe("the age of the newest copy of a snapshot", () => {
  it("is counted from when the snapshot was taken, of the protected instance and its region", async () => {
    const { age, published, values } = prepare();
    const asked: unknown[] = [];

    await age(async (...of) => {
      asked.push(of);
      return { identifier: "awsbackup:copyjob-1", takenAt: new Date("2026-11-24T14:30:00.000Z") };
    });

    expect(asked).toEqual([["acme-postgres", "us-east-1"]]);
    expect(values()).toEqual({ LockedCopyAgeSeconds: 5400, SnapshotFailures: 0 });
    expect(published[0]).toMatchObject({ system: SYSTEM, store: "postgres", unit: "Seconds" });
  });

  it("is not published where there is none", async () => {
    const { age, lines, values } = prepare();

    await age(async () => undefined);

    expect(values()).toEqual({ SnapshotFailures: 0 });
    expect(lines.at(-1)).toMatchObject({ level: "warn", fields: SOURCE });
  });

  it("that cannot be told keeps nothing else from being measured", async () => {
    const { age, lines, published } = prepare();

    await age(async () => Promise.reject(new Error("AccessDenied")));

    expect(published).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ level: "error", fields: { reason: "AccessDenied" } });
  });
});

describe("a job of AWS Backup that did not end well", () => {
  const event = (detail: Readonly<Record<string, unknown>>, kind = "Backup Job State Change") => ({
    ...{ version: "0", id: "1", source: "aws.backup", "detail-type": kind, region: "us-east-1", resources: [] },
    detail: { state: "FAILED", ...detail },
  });
  const vaultArn = (name: string): string => `arn:aws:backup:eu-west-1:111122223333:backup-vault:${name}`;

  it.each([
    ["by its vault's name", { backupVaultName: "acme-snapshots" }],
    ["by its vault", { backupVaultArn: vaultArn("acme-snapshots") }],
    ["by where it was to copy to", { destinationBackupVaultArn: vaultArn("acme-snapshots") }],
    ["by its role", { iamRoleArn: "arn:aws:iam::111122223333:role/acme-snapshots" }],
  ])("is counted when it is this system's %s, and named in the log", async (_how, detail) => {
    const { lines, tools, values } = prepare();
    const told = SnapshotJobEvent.parse(event({ ...detail, copyJobId: "copy-1", statusMessage: "the key is disabled" }));

    expect(await countFailedJob(tools, told)).toBe(true);
    expect(values()).toEqual({ SnapshotFailures: 1 });
    expect(lines.at(-1)).toMatchObject({ level: "error", fields: { job: "copy-1", statusMessage: "the key is disabled" } });
  });

  it("of somebody else's plan in the account is not", async () => {
    const { published, tools } = prepare();
    const told = SnapshotJobEvent.parse(
      event({ backupVaultName: "Default", iamRoleArn: "arn:aws:iam::111122223333:role/other-acme-snapshots" }),
    );

    expect(await countFailedJob(tools, told)).toBe(false);
    expect(published).toEqual([]);
  });

  it.each([
    undefined,
    {},
    { source: "aws.events", detail: {} },
    { "detail-type": "Scheduled Event", source: "aws.events", region: "eu-west-1", detail: {} },
  ])("is nothing that a schedule sends: %j", (scheduled) => {
    expect(SnapshotJobEvent.safeParse(scheduled).success).toBe(false);
  });
});
