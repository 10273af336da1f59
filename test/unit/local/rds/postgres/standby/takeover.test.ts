import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openChain } from "../../../../../../local/rds/backups/chain";
import { segmentName } from "../../../../../../local/rds/backups/segments";
import { isTakingOver, prepareTakeover } from "../../../../../../local/rds/postgres/standby/takeover";

const archivedAt = "2026-01-01T00:00:00.000Z";
const name = (number: number): string => segmentName({ timeline: 1, number });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-takeover-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A standby's directory that has these segments whole. */
const givenStandby = (done: readonly number[]): { readonly data: string; readonly status: string } => {
  const data = join(folder, "data");
  const status = join(data, "pg_wal", "archive_status");
  mkdirSync(status, { recursive: true });
  writeFileSync(join(data, "standby.signal"), "");
  for (const each of done) writeFileSync(join(status, `${name(each)}.done`), "");
  return { data, status };
};
const givenChain = async (segments: readonly number[], marked?: number) => {
  const chain = openChain({ region: "us-east-1", resourceId: "db-A" }, folder);
  for (const each of segments) {
    await chain.append({ kind: "segment", name: name(each), sizeBytes: 1, usedBytes: 1, sha256: "", archivedAt });
  }
  if (marked !== undefined) {
    const time = "2026-01-01T00:00:00.000000Z";
    await chain.append({ kind: "mark", time, segment: name(marked), lsn: "0/0", idle: false, archivedAt });
  }
  return chain;
};

test("a standby that takes over archives what its primary could not, and nothing that the chain has or had", async () => {
  const { data, status } = givenStandby([2, 3, 4, 5, 6]);

  await prepareTakeover(data, await givenChain([3, 4, 5], 4));

  expect(readdirSync(status).toSorted()).toEqual([2, 3, 4, 5, 6].map((each) => `${name(each)}.${each === 6 ? "ready" : "done"}`));
  expect(isTakingOver(data)).toBe(true);
});

test("without a chain, or with one that nothing is restored from yet, there is nothing to complete", async () => {
  const { data, status } = givenStandby([2, 3]);

  await prepareTakeover(data, await givenChain([]));
  await prepareTakeover(data, undefined);

  expect(readdirSync(status)).toEqual([`${name(2)}.done`, `${name(3)}.done`]);
  expect(readdirSync(data)).toEqual(expect.arrayContaining(["recovery.signal"]));
  expect(readdirSync(data)).not.toContain("standby.signal");
});
