import { z } from "zod";
import type { TrialResponse } from "../../../lambdas/resolve/events";
import type { TrialAnswer } from "../support/answers";
import { POINT_KEY } from "../support/catalogue";
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

type Refused = TrialResponse["refused"];
const NO_POINT: Refused = [{ store: "chroma", reason: "the catalogue has no recovery point", passedOver: [] }];
const NOTHING: Refused = [
  { store: "postgres", reason: "acme-postgres-replica follows nobody", passedOver: [] },
  {
    store: "chroma",
    reason: "none of 1 recovery points is usable",
    passedOver: [{ key: POINT_KEY, reason: "it has not been read back yet" }],
  },
];

describe("a trial that finds nothing to recover to", () => {
  it("names each store with the reason, and makes nothing", async () => {
    const refusal = await refusalOf(worldOf({ trial: { refused: NOTHING } }));

    expect(refusal).toMatchObject({
      code: "no-recovery-point",
      message: expect.stringContaining(
        [
          "nothing was created:",
          "  - postgres: acme-postgres-replica follows nobody",
          "  - chroma: none of 1 recovery points is usable:",
          `      ${POINT_KEY}: it has not been read back yet`,
          " Allowed: ",
        ].join("\n"),
      ),
    });
    expect(refusal).toMatchObject({ message: expect.stringContaining("Hint: docs/runbooks/region-loss.md") });
  });

  it("names the time that was asked for", async () => {
    const refusal = await refusalOf(worldOf({ trial: { refused: NO_POINT } }), {
      strategy: "point-in-time",
      time: "2026-11-24T10:00:00+01:00",
    });

    expect(refusal).toMatchObject({ message: expect.stringContaining("of every store at 2026-11-24T09:00:00.000Z") });
  });
});

it("asks the standing function in the recovery region what the step will be asked, without the id that nobody knows yet", async () => {
  const recording = await deployedDr({ mode: "failover", strategy: "point-in-time", time: "2026-11-24T10:00:00Z" });

  const asked = recording.invokes.flatMap(({ token, inputs, place }) => {
    if (token !== "aws:lambda/getInvocation:getInvocation") return [];
    const { functionName, input } = z.object({ functionName: z.string(), input: z.string() }).parse(inputs);
    return [{ functionName, place, event: JSON.parse(input) }];
  });
  const { recoveryId: _recoveryId, ...step } = stepsOf(recording).get("resolve")?.event ?? {};
  expect(asked).toEqual([{ functionName: `${SYSTEM}-resolve`, place: RECOVERY, event: { trial: step } }]);
});

it("tells the person who previews what would be restored", async () => {
  const { messages } = await deployedDr();

  expect(messages).toEqual([
    "A recovery would now be pinned to postgres as of 2026-11-24T11:58:03.000Z by restore, chroma as of 2026-11-24T10:00:00.000Z (chroma-20261124T100000Z-1a2b); one that has its plan keeps it.",
  ]);
});

const failing =
  (message: string): TrialAnswer =>
  () => {
    throw new Error(message);
  };
// As the official provider says it: internal/service/lambda/invocation_data_source.go of hashicorp/terraform-provider-aws.
const INVOKING = `invoking Lambda Function (${SYSTEM}-resolve): `;
const thrown = (errorMessage: string) => INVOKING + JSON.stringify({ errorType: "LifeboatError", errorMessage, trace: ["at x"] });

describe("a trial that does not answer", () => {
  it.each([
    ["a function that is gone", `${INVOKING}ResourceNotFoundException: Function not found: arn`, "check the account of the credentials"],
    [
      "credentials that may not invoke",
      `${INVOKING}AccessDeniedException: User: arn is not authorized to perform: lambda:InvokeFunction on resource: arn`,
      "Allow lambda:InvokeFunction on acme-resolve",
    ],
    ["a throttled call", `${INVOKING}TooManyRequestsException: Rate Exceeded.`, "Run it again in a minute"],
    [
      "a function of an older release",
      thrown("[configuration] The function was called with an event that it does not know."),
      "older than this program",
    ],
    ["a function that may not read", thrown('AccessDenied: "kms:VerifyMac"'), "/aws/lambda/acme-resolve in eu-west-1"],
  ])("%s: says what happened and the next step, and that there is no way round", async (_what, message, next) => {
    const refusal = await refusalOf(worldOf({ trial: failing(message) }), { mode: "failover" });

    expect(refusal).toMatchObject({ code: "no-recovery-point", message: expect.stringContaining("did not answer; nothing was created") });
    expect(refusal).toMatchObject({ message: expect.stringContaining(next) });
    expect(refusal).toMatchObject({ message: expect.stringContaining("There is no way round it") });
  });

  it("gives the function's own words, and no trace", async () => {
    const refusal = await refusalOf(worldOf({ trial: failing(thrown('AccessDenied: "kms:VerifyMac"\nis refused')) }));

    expect(refusal).toMatchObject({ message: expect.stringContaining('Received: AccessDenied: "kms:VerifyMac"\nis refused. Allowed: ') });
  });

  it("or answers in another form: says which release to use", async () => {
    const world = worldOf();
    const refusal = await refusalOf({ ...world, answers: { ...world.answers, resolve: () => ({ refused: "" }) } });

    expect(refusal).toMatchObject({
      code: "no-recovery-point",
      message: expect.stringContaining("in a form that this program does not know"),
    });
  });
});

it("a cluster that prod neither made nor prepared: says where to name one", async () => {
  const refusal = await refusalOf(worldOf(), { cluster: { kind: "standing", namespace: "acme-chroma" } });

  expect(refusal).toMatchObject({ code: "no-recovery-point", message: expect.stringContaining("says nothing of a cluster") });
});

it("a failover that may have its plan goes on though its points are gone, and says by which plan", async () => {
  const pinned = [{ recoveryId: "failover-0a1b2c3d", resolvedAt: "2026-11-24T12:00:00.000Z" }];
  const recording = await deployedDr({ mode: "failover" }, worldOf({ trial: { refused: NOTHING, pinned } }));

  expect(stepsOf(recording).has("resolve")).toBe(true);
  expect(recording.messages).toEqual([
    expect.stringMatching(
      /^No new recovery could be pinned:\n {2}- postgres: .*failover-0a1b2c3d has had its plan since 2026-11-24T12:00/s,
    ),
  ]);
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
