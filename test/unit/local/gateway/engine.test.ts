import { setTimeout as sleep } from "node:timers/promises";
import type { ReplicationConfiguration } from "../../../../local/gateway/replication/configuration";
import type { Copier, Copy } from "../../../../local/gateway/replication/copy";
import { createEngine, type EngineOptions } from "../../../../local/gateway/replication/engine";
import { createStatuses } from "../../../../local/gateway/replication/statuses";

const configuration: ReplicationConfiguration = {
  Role: "r",
  Rule: [{ ID: "all", Status: "Enabled", Destination: { Bucket: "arn:aws:s3:::replica" } }],
};
const change = (key: string, versionId: string) => ({ bucket: "source", region: "us-east-1", key, versionId, change: "object" as const });

const prepare = (copy: (copy: Copy) => Promise<void>, changes: Partial<EngineOptions> = {}) => {
  const done: string[] = [];
  const copier: Copier = {
    object: async (each) => {
      await copy(each);
      done.push(`${each.key}@${each.versionId}`);
      return { done: "copied", versionId: `copy-of-${each.versionId}`, sizeBytes: 1, withoutTags: false };
    },
    deleteMarker: () => Promise.resolve(),
    tags: () => Promise.resolve(),
    close: () => undefined,
  };
  const cut = new Set<string>();
  const statuses = createStatuses();
  const engine = createEngine({
    lagSeconds: 0,
    jitterSeconds: 0,
    random: () => 0,
    concurrency: 4,
    copier,
    statuses,
    homeOf: (bucket) => Promise.resolve(bucket === "replica" ? "eu-west-1" : undefined),
    isCut: (region) => cut.has(region),
    ...changes,
  });
  return { engine, done, cut, statuses };
};

it("keeps the order of a key's versions, whatever their lags and the time that each copy takes", async () => {
  const lags = [0.05, 0, 0.02, 0.01, 0];
  const { engine, done } = prepare((copy) => sleep(copy.versionId === "1" ? 20 : 0), { jitterSeconds: 1, random: () => lags.shift() ?? 0 });

  for (const version of ["1", "2", "3", "4", "5"]) engine.enqueue(configuration, change("k", version));
  await engine.idle();

  expect(done).toEqual(["k@1", "k@2", "k@3", "k@4", "k@5"]);
});

it("copies no more at a time than it may", async () => {
  let running = 0;
  let most = 0;
  const { engine, done } = prepare(async () => {
    running += 1;
    most = Math.max(most, running);
    await sleep(1);
    running -= 1;
  });

  for (let index = 0; index < 40; index += 1) engine.enqueue(configuration, change(`k${index}`, "1"));
  await engine.idle();

  expect(done).toHaveLength(40);
  expect(most).toBe(4);
});

it("tries again, and says FAILED with the reason when that does not help", async () => {
  const tries = new Map<string, number>();
  const { engine, statuses } = prepare(({ key }) => {
    tries.set(key, (tries.get(key) ?? 0) + 1);
    return key === "hopeless" || tries.get(key) === 1 ? Promise.reject(new Error("no luck")) : Promise.resolve();
  });

  engine.enqueue(configuration, change("hopeless", "1"));
  engine.enqueue(configuration, change("second", "1"));
  const pending = statuses.of(change("second", "1"));
  await engine.idle();

  expect(pending).toBe("PENDING");
  expect([...tries]).toEqual([
    ["hopeless", 3],
    ["second", 2],
  ]);
  expect(statuses.of(change("hopeless", "1"))).toBe("FAILED");
  expect(statuses.of(change("second", "1"))).toBe("COMPLETED");
  expect(statuses.of({ bucket: "replica", key: "second", versionId: "copy-of-1" })).toBe("REPLICA");
  expect(engine.statistics).toMatchObject({ objects: 1, failed: 1, retries: 3, lastFailures: ["source/hopeless to replica: no luck"] });
});

it("loses what waits when its source is lost, also behind a destination that was cut off, and idles", async () => {
  const { engine, done, cut } = prepare(() => Promise.resolve());
  cut.add("eu-west-1");

  engine.enqueue(configuration, change("k", "1"));
  engine.enqueue(configuration, change("k", "2"));
  await sleep(5);
  engine.regionCut("us-east-1");
  cut.delete("eu-west-1");
  engine.regionRestored();
  await engine.idle();

  expect(done).toEqual([]);
  expect(engine.statistics.lost).toBe(2);
  expect(engine.pending()).toBe(0);
});

it("stops at once, with lags still running", async () => {
  const { engine, done } = prepare(() => Promise.resolve(), { lagSeconds: 3600 });
  engine.enqueue(configuration, change("k", "1"));

  await engine.stop();

  expect(done).toEqual([]);
});
