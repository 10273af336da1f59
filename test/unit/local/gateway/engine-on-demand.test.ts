import type { ReplicationConfiguration } from "../../../../local/gateway/replication/configuration";
import type { Copier, Copy } from "../../../../local/gateway/replication/copy";
import { createEngine } from "../../../../local/gateway/replication/engine";
import { createStatuses } from "../../../../local/gateway/replication/statuses";

const rule = (bucket: string) => ({ ID: bucket, Status: "Enabled" as const, Destination: { Bucket: `arn:aws:s3:::${bucket}` } });
const both: ReplicationConfiguration = { Role: "r", Rule: [rule("replica"), rule("offsite")] };
const offsite: ReplicationConfiguration = { Role: "r", Rule: [rule("offsite")] };

const version = (versionId: string, asked = true, change: "object" | "delete-marker" = "object") => ({
  ...{ bucket: "source", region: "us-east-1", key: "k", versionId, change, asked },
});

const prepare = (fails: (copy: Copy) => boolean = () => false) => {
  const done: string[] = [];
  const note = async (copy: Copy, name: string) => {
    if (fails(copy)) throw new Error("refused");
    done.push(`${copy.target.bucket}: ${name}${copy.versionId}`);
  };
  const copier: Copier = {
    object: async (copy) => {
      await note(copy, "");
      return { done: "copied", versionId: `copy-of-${copy.versionId}`, sizeBytes: 1, withoutTags: false };
    },
    deleteMarker: (copy) => note(copy, "marker "),
    tags: () => Promise.resolve(),
    close: () => undefined,
  };
  const statuses = createStatuses();
  const engine = createEngine({
    ...{ lagSeconds: 0.05, jitterSeconds: 0, random: () => 0, concurrency: 4, copier, statuses, isCut: () => false },
    homeOf: async () => "eu-west-1",
  });
  const at = (bucket: string) => done.filter((each) => each.startsWith(`${bucket}:`)).map((each) => each.slice(bucket.length + 2));
  return { engine, statuses, at };
};

it("brings the versions of a key to where they are missing, in their order, markers among them", async () => {
  const { engine, at, statuses } = prepare();

  const results = await engine.replicate(both, [version("1"), version("2", true, "delete-marker"), version("3")]);

  expect(at("replica")).toEqual(["1", "marker 2", "3"]);
  expect(at("offsite")).toEqual(["1", "marker 2", "3"]);
  expect(results.flat().map(({ result }) => result)).toEqual(Array(6).fill("copied"));
  expect(statuses.of(version("3"))).toBe("COMPLETED");
});

it("brings nothing a second time to a bucket that has it", async () => {
  const { engine, at } = prepare();
  engine.enqueue(offsite, version("1"));
  await engine.idle();

  const [result] = await engine.replicate(both, [version("1")]);
  const [again] = await engine.replicate(both, [version("1")]);

  expect(at("offsite")).toEqual(["1"]);
  expect(at("replica")).toEqual(["1"]);
  expect(result).toEqual([
    { destination: "replica", result: "copied" },
    { destination: "offsite", result: "present" },
  ]);
  expect(again?.map(({ result: each }) => each)).toEqual(["present", "present"]);
});

it("writes what is newer again after an older version, also what live replication is about to bring", async () => {
  const { engine, at } = prepare();
  engine.enqueue(both, version("2"));
  await engine.idle();
  engine.enqueue(both, version("3"));

  await engine.replicate(both, [version("1"), version("2"), version("3", false)]);
  await engine.idle();

  expect(at("replica")).toEqual(["2", "3", "1", "2", "3"]);
});

it("leaves to live replication what nobody asked for", async () => {
  const { engine, at } = prepare();

  const [result] = await engine.replicate(both, [version("1", false)]);
  await engine.idle();

  expect(at("replica")).toEqual([]);
  expect(result?.map(({ result: each }) => each)).toEqual(["present", "present"]);
});

it("says which destination refused a version, and why", async () => {
  const { engine } = prepare(({ target }) => target.bucket === "offsite");

  const [result] = await engine.replicate(both, [version("1")]);

  expect(result).toEqual([
    { destination: "replica", result: "copied" },
    { destination: "offsite", result: "failed", reason: "refused" },
  ]);
});
