import { writeCanary } from "../../../../lambdas/canary/write";
import { cutOver } from "../../../../lambdas/cut-over/cut-over";
import type { LiveParameter } from "../../../../lambdas/cut-over/live-parameter";
import { resolve } from "../../../../lambdas/resolve/resolve";
import type { ValidateResponse } from "../../../../lambdas/validate/events";
import { cutOverKey, validationKey } from "../../../../recovery/catalogue/keys";
import type { DatabaseEndpoint, LiveEndpoints } from "../../../../recovery/catalogue/standing";
import { MemoryObjects } from "../../../support/memory-objects";
import { noBackups } from "../support/automated-backups";
import { SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { ENDPOINT } from "../support/database-plan";

const ENDPOINTS: LiveEndpoints = {
  schema: "lifeboat/live/1",
  system: SYSTEM,
  region: "eu-west-1",
  recoveryId: "failover-1",
  documentsBucket: "replica",
  chromaUrl: "http://chroma.example:8000",
  postgres: ENDPOINT,
};
const PRIMARY = JSON.stringify({ region: "us-east-1" });

const memoryParameter = (now: () => Date, initial: string | null) => {
  const versions = initial === null ? [] : [{ value: initial, changedAt: now() }];
  const live: LiveParameter = {
    read: async () => {
      const last = versions.at(-1);
      return last === undefined ? undefined : { ...last, version: versions.length };
    },
    write: async (value) => void versions.push({ value, changedAt: now() }),
  };
  return { live, versions };
};

const prepare = async ({
  mode = "failover" as "drill" | "failover",
  initial = PRIMARY as string | null,
  passed = true,
  database = ENDPOINT as DatabaseEndpoint | null,
} = {}) => {
  const clock = clockAt("2026-11-24T10:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const documentsReplica = new MemoryObjects("replica", clock.now);
  await writeCanary(documentsReplica, SYSTEM, clock.now());
  await resolve(
    { ...noBackups, system: SYSTEM, vault, documentsReplica, now: clock.now },
    { recoveryId: "failover-1", mode, strategy: "latest", database: "restore", stores: ["objects"] },
  );
  const validation: ValidateResponse = {
    schema: "lifeboat/validation/1",
    system: SYSTEM,
    recoveryId: "failover-1",
    chromaUrl: ENDPOINTS.chromaUrl,
    documentsBucket: ENDPOINTS.documentsBucket,
    ...(database === null ? {} : { postgres: database }),
    startedAt: "2026-11-24T10:00:00.000Z",
    finishedAt: "2026-11-24T10:00:01.000Z",
    passed,
    checks: [{ name: "chroma: records", expected: "1", actual: passed ? "1" : "0", passed }],
    brokenReferences: [],
    brokenCount: 0,
    lossReferences: [],
    lossCount: 0,
  };
  vault.add(validationKey("failover-1"), JSON.stringify(validation));
  const parameter = memoryParameter(clock.now, initial);
  const tools = { system: SYSTEM, vault, live: parameter.live, now: clock.now };
  clock.passSeconds(5);
  return {
    ...parameter,
    clock,
    tools,
    vault,
    run: (endpoints: Partial<LiveEndpoints> = {}) =>
      cutOver(tools, { recoveryId: "failover-1", endpoints: { ...ENDPOINTS, ...endpoints } }),
  };
};

describe("cutting over", () => {
  it("sends applications to the recovered stores and says what stood there before", async () => {
    const { run, versions } = await prepare();

    const result = await run();

    expect(result).toEqual({ recoveryId: "failover-1", cutOverAt: "2026-11-24T10:00:05.000Z", endpoints: ENDPOINTS, previous: PRIMARY });
    expect(JSON.parse(versions.at(-1)?.value ?? "")).toEqual(ENDPOINTS);
  });

  it("is done once: later calls answer the same and write nothing", async () => {
    const { clock, run, versions } = await prepare();
    const first = await run();
    clock.passSeconds(60);

    expect(await run()).toEqual(first);
    expect(versions).toHaveLength(2);
  });

  it("finishes one that was cut between its record and the parameter", async () => {
    const { run, tools, versions } = await prepare();
    const write = tools.live.write;
    tools.live.write = async () => {
      throw new Error("the function was killed");
    };
    await expect(run()).rejects.toThrow("killed");
    tools.live.write = write;

    expect(await run()).toMatchObject({ previous: PRIMARY });
    expect(versions).toHaveLength(2);
  });

  it("does not repeat itself over a failback, even to the same text as before", async () => {
    const { run, tools, versions } = await prepare();
    await run();
    await tools.live.write(PRIMARY);

    await expect(run()).rejects.toMatchObject({ code: "target-refused", message: expect.stringContaining("changed by somebody else") });
    expect(versions.at(-1)?.value).toBe(PRIMARY);
  });

  it("works where no parameter stood", async () => {
    const { run } = await prepare({ initial: null });

    expect(await run()).toMatchObject({ previous: null });
  });

  it.each([
    ["a drill", { mode: "drill" as const }, {}],
    ["a recovery that failed its validation", { passed: false }, {}],
    ["other stores than were validated", {}, { chromaUrl: "http://other.example:8000" }],
    ["another database than was validated", {}, { postgres: { ...ENDPOINT, host: "other.example" } }],
    ["another port of it", {}, { postgres: { ...ENDPOINT, port: 5433 } }],
    ["another secret of it", {}, { postgres: { ...ENDPOINT, secretArn: "arn:other" } }],
    ["endpoints of another recovery", {}, { recoveryId: "failover-2" }],
    ["endpoints of another system", {}, { system: "other" }],
  ])("refuses %s", async (_what, options, endpoints) => {
    const { run, vault, versions } = await prepare(options);

    await expect(run(endpoints)).rejects.toMatchObject({ code: "target-refused" });
    expect(versions).toHaveLength(1);
    expect(vault.text(cutOverKey("failover-1"))).toBeUndefined();
  });

  it("refuses a database when none was validated", async () => {
    const { run, vault } = await prepare({ database: null });

    await expect(run()).rejects.toMatchObject({ code: "target-refused", message: expect.stringContaining("no database") });
    expect(vault.text(cutOverKey("failover-1"))).toBeUndefined();
  });

  it("refuses without any validation", async () => {
    const { run, vault } = await prepare();
    vault.add(validationKey("failover-1"), undefined);

    await expect(run()).rejects.toThrow("not validated");
  });

  it("refuses other endpoints once a recovery was cut over", async () => {
    const { run } = await prepare();
    await run();

    await expect(run({ region: "eu-central-1" })).rejects.toThrow("cut over to other endpoints");
  });
});
