import { catalogueWith, POINT_KEY, pinnedPlan } from "../support/catalogue";
import { deployedDr, STANDING, startDr, worldOf } from "../support/dr";
import { RECOVERY, SYSTEM } from "../support/prod";
import { stepsOf } from "../support/steps";
import type { World } from "../support/world";

/** Runs `dr` on what must stop it; nothing may have been made by then but the provider that asks. */
const refusalOf = async (world: World, changes: Readonly<Record<string, unknown>> = {}): Promise<unknown> => {
  const { deployment, recording, settled } = await startDr(changes, world);
  const refusal = await deployment.then(
    () => "nothing was refused",
    (error: unknown) => error,
  );
  await settled();
  expect(recording.resources.map(({ type }) => type)).toEqual(["pulumi:providers:aws"]);
  return refusal;
};

it.each([
  ["an empty catalogue", {}, "chroma: the catalogue has no recovery point"],
  ["a point that was not read back", catalogueWith("none"), `${POINT_KEY}: it has not been read back yet`],
  ["a point that did not read back", catalogueWith("failed"), `${POINT_KEY}: it did not read back: rows of chunks`],
  [
    "a point of another system",
    { [POINT_KEY]: catalogueWith("none")[POINT_KEY]?.replace('"acme"', '"other"') ?? "" },
    "it belongs to other/chroma",
  ],
])("%s: names the store and the reason, and makes nothing", async (_what, catalogue, reason) => {
  const refusal = await refusalOf(worldOf({ catalogue }));

  expect(refusal).toMatchObject({ code: "no-recovery-point", message: expect.stringContaining(reason) });
  expect(refusal).toMatchObject({ message: expect.stringContaining("nothing was created") });
});

it("a time before every point: names the time", async () => {
  const refusal = await refusalOf(worldOf(), { strategy: "point-in-time", time: "2026-11-24T09:00:00Z" });

  expect(refusal).toMatchObject({
    code: "no-recovery-point",
    message: expect.stringMatching(/at or before 2026-11-24T09:00:00.000Z.*it is of 2026-11-24T10:00:00.000Z/s),
  });
});

it("a cluster that prod neither made nor prepared: says where to name one", async () => {
  const refusal = await refusalOf(worldOf(), { cluster: { kind: "standing", namespace: "acme-chroma" } });

  expect(refusal).toMatchObject({ code: "no-recovery-point", message: expect.stringContaining("says nothing of a cluster") });
});

describe("a recovery that was resolved before", () => {
  it("lets a later `up` of a failover pass, though its points are gone", async () => {
    const recording = await deployedDr({ mode: "failover" }, worldOf({ catalogue: pinnedPlan("failover-0a1b2c3d") }));

    expect(stepsOf(recording).has("resolve")).toBe(true);
  });

  it.each([
    ["a drill's plan", "failover", "drill-0a1b2c3d"],
    ["an earlier drill's plan", "drill", "drill-ffffffff"],
    ["a failover's plan", "drill", "failover-0a1b2c3d"],
  ])("%s does not stand for points in mode %s", async (_what, mode, recoveryId) => {
    const refusal = await refusalOf(worldOf({ catalogue: pinnedPlan(recoveryId) }), { mode });

    expect(refusal).toMatchObject({ code: "no-recovery-point" });
  });
});

it.each(["drill", "failover"])("names every function that does not stand ready, in mode %s", async (mode) => {
  const { validate: _validate, "cut-over": _cutOver, ...functions } = STANDING.functions;

  const refusal = await refusalOf(worldOf({ standing: { ...STANDING, functions } }), { mode });

  expect(refusal).toMatchObject({
    code: "no-recovery-point",
    message: expect.stringContaining("The recovery region lacks functions that a recovery runs: validate, cut-over; nothing was created"),
  });
});

it.each([
  ["nothing of a database", { ...STANDING, postgres: undefined }],
  ["a database that is not among the stores", { ...STANDING, stores: ["objects" as const, "chroma" as const] }],
])("%s in the parameter: says what is missing, and makes nothing", async (_what, standing) => {
  expect(await refusalOf(worldOf({ standing }))).toMatchObject({
    code: "no-recovery-point",
    message: expect.stringContaining("does not say how a restored database is made; nothing was created"),
  });
});

it("a region in which nothing stands: names the region, the system and the parameter", async () => {
  const refusal = await refusalOf({ ...worldOf(), parameters: {} });

  expect(refusal).toMatchObject({
    code: "no-recovery-point",
    message: expect.stringMatching(new RegExp(`"${SYSTEM}" stands in ${RECOVERY}.*/lifeboat/${SYSTEM}/standing`, "s")),
  });
});
