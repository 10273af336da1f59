import { createHash } from "node:crypto";
import { exportConfiguration } from "../../../../lambdas/configuration-export/export";
import type { FileSource, Listed, RecordSource, Source } from "../../../../lambdas/configuration-export/source";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import type { ObjectStore } from "../../../../lambdas/shared/objects";
import { configurationContent } from "../../../../lambdas/verify/configuration/content";
import { ConfigurationManifest, configurationManifestKey } from "../../../../recovery/configuration/manifest";
import { SubjectState, stateKey } from "../../../../recovery/configuration/state";
import { type Fault, faultyObjects, s3Error } from "../../../support/faulty-objects";
import { MemoryObjects } from "../../../support/memory-objects";
import { clockAt } from "../support/clock";
import { writeProof } from "../support/configuration-proof";
import { memoryLog } from "../support/log";

const KEY = Buffer.alloc(32, 7);
const REFRESH_SECONDS = 86_400;
const REFRESH_UNPROVEN_SECONDS = 1800;

/** Parameters in memory: name to value, whose version rises with each change. */
const parameters = (values: Record<string, string>) => {
  const calls = { lists: 0, reads: 0 };
  let beforeRead: (name: string) => void = () => {};
  const versionOf = (value: string): string => String((createHash("sha256").update(value).digest()[0] ?? 0) + 1);
  const source: RecordSource = {
    subject: "parameters",
    kind: "parameters",
    region: "us-east-1",
    list: async () => {
      calls.lists += 1;
      return Object.entries(values).map(([name, value]): Listed => {
        const version = versionOf(value);
        return { name, fingerprint: version, versions: [{ id: version, stages: [] }] };
      });
    },
    read: async ({ name }) => {
      calls.reads += 1;
      beforeRead(name);
      const value = values[name];
      if (value === undefined) throw new Error(`${name} is gone`);
      return { kind: "parameter", name, type: "String", value, version: Number(versionOf(value)), tags: {} };
    },
  };
  return { source, values, calls, onRead: (act: (name: string) => void) => (beforeRead = act) };
};

const prepare = () => {
  const clock = clockAt("2026-11-26T17:00:00.000Z");
  const staging = new MemoryObjects("staging", clock.now);
  const vault = new MemoryObjects("vault", clock.now);
  const lags: [string, number][] = [];
  let drawn = 0;
  const random = (bytes: number): Uint8Array => {
    drawn += 1;
    return createHash("sha512").update(String(drawn)).digest().subarray(0, bytes);
  };
  let through: ObjectStore = staging;
  let unreachable = false;
  const run = (...sources: readonly Source[]) =>
    exportConfiguration(
      {
        ...{
          system: "acme",
          staging: through,
          random,
          deadline: noDeadline,
          log: memoryLog().log,
          now: clock.now,
          refreshSeconds: REFRESH_SECONDS,
          refreshUnprovenSeconds: REFRESH_UNPROVEN_SECONDS,
        },
        vault: unreachable ? faultyObjects(vault, () => () => Promise.reject(s3Error("AccessDenied", 403))) : vault,
        makeDataKey: async (context) => ({
          plaintext: KEY,
          envelope: { algorithm: "AES-256-GCM", keyArn: "arn:key", encryptedDataKey: "AAAA", context: { ...context } },
        }),
        metrics: { lag: async (subject, seconds) => void lags.push([subject, seconds]), withoutReplica: async () => {} },
        withoutReplica: () => undefined,
      },
      sources,
    );
  const manifests = () => staging.puts.filter((key) => key.endsWith("/manifest.json"));
  const failedChecks = async (pointId: string) => {
    const part = async (key: string) => (await staging.get(key))?.bytes;
    const text = staging.text(configurationManifestKey(pointId)) ?? "";
    return (await configurationContent(async () => KEY)(text, part, noDeadline)).filter(({ passed }) => !passed);
  };
  const failing = (fault: Fault) => {
    through = faultyObjects(staging, fault);
  };
  /** What sealing and verifying do in the recovery region; without it nothing of an export reached the vault. */
  const prove = async (pointId: string, passed = true): Promise<void> => {
    const { subject, window } = ConfigurationManifest.parse(JSON.parse(staging.text(configurationManifestKey(pointId)) ?? ""));
    await writeProof(vault, { subject, pointId, asOf: new Date(window.startedAt), passed });
  };
  const cutOff = (now: boolean): void => {
    unreachable = now;
  };
  return { clock, staging, lags, run, manifests, failedChecks, failing, prove, cutOff };
};

describe("an export of records", () => {
  it("is sealed in parts, its manifest last but for the state, and reads back", async () => {
    const { run, staging, failedChecks } = prepare();
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`/p/${index}`, `${index}`.repeat(20_000)]));

    const { subjects } = await run(parameters(many).source);

    const pointId = subjects[0]?.pointId ?? "";
    const manifest = ConfigurationManifest.parse(JSON.parse(staging.text(configurationManifestKey(pointId)) ?? ""));
    expect(manifest.parts.length).toBeGreaterThan(1);
    expect(staging.puts.slice(-2)).toEqual([configurationManifestKey(pointId), stateKey("parameters")]);
    expect(await failedChecks(pointId)).toEqual([]);
  });

  it("is made when something changed, or when it is due", async () => {
    const { run, manifests, clock } = prepare();
    const { source, values } = parameters({ a: "1" });
    const outcomes = [];

    for (const act of [() => {}, () => {}, () => Object.assign(values, { a: "2" }), () => clock.passSeconds(REFRESH_SECONDS)]) {
      act();
      outcomes.push((await run(source)).subjects[0]?.outcome);
      clock.passSeconds(1);
    }

    expect(outcomes).toEqual(["exported", "unchanged", "exported", "exported"]);
    expect(manifests()).toHaveLength(3);
  });

  it("is begun again when its source changes under it, and holds one state of it", async () => {
    const { run, manifests, failedChecks } = prepare();
    const { source, values, onRead } = parameters({ a: "1", b: "1" });
    let changes = 0;
    onRead((name) => {
      if (name === "b" && changes++ === 0) {
        values.a = "2";
        delete values.b;
      }
    });

    const { subjects } = await run(source);

    expect(manifests()).toHaveLength(1);
    expect(subjects[0]?.count).toBe(1);
    expect(await failedChecks(subjects[0]?.pointId ?? "")).toEqual([]);
  });

  it("writes no manifest of a source that never stands still", async () => {
    const { run, manifests } = prepare();
    const { source, values, onRead } = parameters({ a: "0" });
    let changes = 0;
    onRead(() => {
      changes += 1;
      values.a = `changed ${changes}`;
    });

    await expect(run(source)).rejects.toThrow("other versions each time");
    expect(manifests()).toEqual([]);
  });

  it("fails alone: the others are exported, and its age is told", async () => {
    const { run, lags, clock, manifests } = prepare();
    const broken = parameters({ a: "1" });
    await run(broken.source);
    clock.passSeconds(100);
    broken.values.a = "2";
    broken.onRead(() => {
      throw new Error("AccessDenied");
    });
    const file: Listed = { name: ".pulumi/stacks/p/dr.json", fingerprint: "1", versions: [{ id: "v1", stages: [] }] };
    const files: FileSource = {
      subject: "pulumi-state/dr",
      kind: "files",
      bucket: "state",
      list: async () => [file],
      read: async () => Buffer.from("{}"),
    };

    await expect(run(broken.source, files)).rejects.toThrow("AccessDenied");

    expect(lags.slice(1)).toEqual([
      ["parameters", 100],
      ["pulumi-state/dr", 0],
    ]);
    expect(manifests()).toHaveLength(2);
  });

  it("is made once more where its state cannot be read", async () => {
    const { run, staging } = prepare();
    const { source } = parameters({ a: "1" });
    await run(source);
    await staging.put(stateKey("parameters"), "not JSON", { contentType: "text/plain" });

    const { subjects } = await run(source);

    expect(subjects[0]?.outcome).toBe("exported");
    expect(SubjectState.parse(JSON.parse(staging.text(stateKey("parameters")) ?? "")).pointId).toBe(subjects[0]?.pointId);
  });
});

describe("how far a subject is behind", () => {
  const EVERY_SECONDS = 300;
  const arrange = () => {
    const prepared = prepare();
    const { source, values } = parameters({ a: "1" });
    /** A run of the schedule: what it did, and the lag that it published. */
    const next = async () => {
      const [done] = (await prepared.run(source)).subjects;
      prepared.clock.passSeconds(EVERY_SECONDS);
      return { outcome: done?.outcome, pointId: done?.pointId ?? "", lag: prepared.lags.at(-1)?.[1] };
    };
    return { ...prepared, source, values, next };
  };

  it("is none from the run on that sees what was exported proven in the vault", async () => {
    const { next, prove } = arrange();

    const first = await next();
    const before = await next();
    await prove(first.pointId);
    const after = await next();

    expect([first, before, after].map(({ outcome, lag }) => [outcome, lag])).toEqual([
      ["exported", 0],
      ["unchanged", 300],
      ["unchanged", 0],
    ]);
  });

  it("grows while nothing reaches the vault, from the last time at which it was there, though it is exported again and again", async () => {
    const { next, prove, values } = arrange();
    await prove((await next()).pointId);
    expect((await next()).lag).toBe(0);
    values.a = "2";

    const runs = [];
    for (let count = 0; count < 15; count += 1) runs.push(await next());

    expect(runs.map(({ lag }) => lag)).toEqual(runs.map((_, index) => (index + 1) * EVERY_SECONDS));
    expect(runs.flatMap(({ outcome }, index) => (outcome === "exported" ? [index] : []))).toEqual([0, 6, 12]);
  });

  it("is made up for by the export after the one that was lost, and is none then", async () => {
    const { next, prove } = arrange();
    let run = await next();
    const lost = run.pointId;
    while (run.pointId === lost) run = await next();

    await prove(run.pointId);
    const seen = await next();

    expect([run.lag, seen.outcome, seen.lag]).toEqual([REFRESH_UNPROVEN_SECONDS, "unchanged", 0]);
  });

  it("is the age of the newest proven point where every run finds a change", async () => {
    const { next, prove, values } = arrange();
    const lags = [];
    let previous: string | undefined;
    for (let count = 0; count < 20; count += 1) {
      values.a = `${count}`;
      const { pointId, lag } = await next();
      // Sealing and reading back take longer than an interval.
      if (previous !== undefined) await prove(previous);
      previous = pointId;
      lags.push(lag);
    }

    expect(Math.max(...lags.map(Number))).toBe(2 * EVERY_SECONDS);
  });

  it("is not made none by a point that did not read back", async () => {
    const { next, prove } = arrange();
    await prove((await next()).pointId, false);

    expect((await next()).lag).toBe(EVERY_SECONDS);
  });

  it("grows while nobody can look into the vault, which fails the run, exports nothing twice, and keeps no change from being exported", async () => {
    const { next, prove, source, run, clock, lags, cutOff, manifests, values } = arrange();
    await prove((await next()).pointId);
    await next();
    cutOff(true);

    for (let count = 0; count < 8; count += 1) {
      await expect(run(source)).rejects.toThrow("AccessDenied");
      clock.passSeconds(EVERY_SECONDS);
    }
    const untilChange = manifests().length;
    values.a = "2";
    await expect(run(source)).rejects.toThrow("AccessDenied");

    expect([untilChange, manifests().length]).toEqual([1, 2]);
    expect(lags.at(-1)).toEqual(["parameters", 9 * EVERY_SECONDS]);
  });
});

describe("an export that is disturbed", () => {
  const values = () => Object.fromEntries(Array.from({ length: 3 }, (_, index) => [`/p/${index}`, `${index}`.repeat(2_500_000)]));
  const pointIds = (manifests: readonly string[]): readonly string[] => manifests.map((key) => key.split("/")[1] ?? "");

  // Two parts, the manifest, the state.
  it.each([
    [0, "before"],
    [1, "before"],
    [1, "after"],
    [2, "before"],
    [2, "after"],
    [3, "before"],
  ])("by S3 at write %i, %s it was done, leaves nothing incomplete, and the next run completes", async (at, when) => {
    const { run, failing, staging, manifests, failedChecks, clock } = prepare();
    const { source } = parameters(values());
    let writes = 0;
    failing((method, key) => {
      if (method !== "put" || writes++ !== at) return undefined;
      return async () => {
        if (when === "after") await staging.put(key, "cut short", { contentType: "text/plain" });
        throw s3Error("ServiceUnavailable", 503);
      };
    });

    await expect(run(source)).rejects.toThrow("ServiceUnavailable");
    const sealable = when === "after" && at === 2 ? [] : pointIds(manifests());
    for (const pointId of sealable) expect(await failedChecks(pointId)).toEqual([]);
    clock.passSeconds(1);
    const { subjects } = await run(source);

    expect(subjects[0]?.outcome).toBe("exported");
    expect(await failedChecks(subjects[0]?.pointId ?? "")).toEqual([]);
  });

  it("by a second one at the same time makes two points, each whole", async () => {
    const { run, manifests, failedChecks } = prepare();
    const { source } = parameters(values());

    await Promise.all([run(source), run(source)]);

    const made = pointIds(manifests());
    expect(new Set(made).size).toBe(2);
    for (const pointId of made) expect(await failedChecks(pointId)).toEqual([]);
  });
});

describe("reading records back", () => {
  it("names records that stand for each other, are missing, or do not open, and quotes none of them", async () => {
    const { run, staging } = prepare();
    const { subjects } = await run(parameters({ a: "hunter2", b: "hunter3" }).source);
    const text = staging.text(configurationManifestKey(subjects[0]?.pointId ?? "")) ?? "";
    const [partKey = ""] = ConfigurationManifest.parse(JSON.parse(text)).parts.map(({ key }) => key);
    const lines = (staging.text(partKey) ?? "").trim().split("\n");
    const read = (part: readonly string[], key = KEY) =>
      configurationContent(async () => key)(text, async () => Buffer.from(part.join("\n")), noDeadline);

    const [swapped, short, renamed, otherKey] = await Promise.all([
      read([...lines].reverse()),
      read(lines.slice(0, 1)),
      read([(lines[1] ?? "").replace('"name":"b"', '"name":"a"'), lines[1] ?? ""]),
      read(lines, Buffer.alloc(32, 8)),
    ]);

    for (const checks of [swapped, short, renamed, otherKey]) {
      expect(checks?.every(({ passed }) => passed)).toBe(false);
      expect(JSON.stringify(checks)).not.toContain("hunter");
    }
  });
});
