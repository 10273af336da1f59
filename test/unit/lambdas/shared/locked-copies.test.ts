import { type DescribeDBSnapshotsCommand, RDSClient } from "@aws-sdk/client-rds";
import { rdsLockedCopies } from "../../../../lambdas/shared/locked-copies";

const COPY = {
  DBSnapshotIdentifier: "awsbackup:copyjob-1",
  DBInstanceIdentifier: "acme-postgres",
  SourceRegion: "us-east-1",
  Status: "available",
  SnapshotType: "awsbackup",
  OriginalSnapshotCreateTime: new Date("2026-11-24T10:00:00Z"),
  SnapshotCreateTime: new Date("2026-11-24T12:00:00Z"),
};

/** RDS that answers with these pages. */
const answering = (...pages: readonly (readonly object[])[]) => {
  const client = new RDSClient({ region: "eu-west-1", credentials: { accessKeyId: "k", secretAccessKey: "s" } });
  const asked: unknown[] = [];
  client.send = (async (command: DescribeDBSnapshotsCommand) => {
    asked.push(command.input.SnapshotType);
    const page = command.input.Marker === undefined ? 0 : Number(command.input.Marker);
    return { DBSnapshots: pages[page], ...(page + 1 < pages.length ? { Marker: String(page + 1) } : {}) };
  }) as never;
  return { asked, copies: rdsLockedCopies(client) };
};

it("finds the copy whose snapshot was taken last, over all pages, among what AWS Backup keeps", async () => {
  const newer = { ...COPY, DBSnapshotIdentifier: "awsbackup:copyjob-2", OriginalSnapshotCreateTime: new Date("2026-11-24T11:00:00Z") };
  const { asked, copies } = answering([COPY], [newer], [{ ...COPY, SnapshotCreateTime: new Date("2026-11-25T00:00:00Z") }]);

  expect(await copies.newest("acme-postgres", "us-east-1")).toEqual({
    identifier: "awsbackup:copyjob-2",
    takenAt: new Date("2026-11-24T11:00:00Z"),
  });
  expect(asked).toEqual(["awsbackup", "awsbackup", "awsbackup"]);
});

it.each([
  ["of another instance", { DBInstanceIdentifier: "acme-postgres-2" }],
  ["of an instance of this region", { SourceRegion: "eu-west-1" }],
  ["that is still being copied", { Status: "creating" }],
  ["without a time", { OriginalSnapshotCreateTime: undefined }],
])("takes none %s", async (_what, changes) => {
  expect(await answering([{ ...COPY, ...changes }]).copies.newest("acme-postgres", "us-east-1")).toBeUndefined();
});
