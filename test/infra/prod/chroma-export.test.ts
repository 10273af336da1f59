import { z } from "zod";
import { readProd } from "../../../infra/config/read";
import { chromaVolumeTags } from "../../../infra/stacks/prodChroma";
import { changed, committed } from "../../unit/infra/config/stackFiles";
import { ACCOUNT } from "../support/outputs";
import { deployedProd, PRIMARY, SYSTEM } from "../support/prod";
import { PolicyText, type Recording } from "../support/recording";

const { chroma } = readProd(committed("prod"));
const FUNCTION = `arn:aws:lambda:${PRIMARY}:${ACCOUNT}:function:${SYSTEM}-chroma-export`;
const VALUES = { tier: "non-critical", schedule: "rate(12 hours)", maxDuration: "2h", alarmAt: "18h" };
const MACHINE = `arn:aws:states:${PRIMARY}:${ACCOUNT}:stateMachine:${SYSTEM}-chroma-export`;

let recording: Recording;
beforeAll(async () => {
  recording = await deployedProd();
});

const Role = z.object({ name: z.string(), assumeRolePolicy: PolicyText });
const RolePolicy = z.object({ role: z.string(), policy: PolicyText });

/** What a role may do, and who may take it. */
const roleOf = (arn: string) => {
  const [role] = recording.typed("aws:iam/role:Role", Role).filter(({ args }) => arn.endsWith(`:role/${args.name}`));
  const policies = recording.typed("aws:iam/rolePolicy:RolePolicy", RolePolicy).filter(({ args }) => args.role === role?.args.name);
  return { trust: role?.args.assumeRolePolicy, may: policies.flatMap(({ args }) => args.policy) };
};

const State = z.looseObject({ Type: z.string(), Next: z.string().optional(), End: z.boolean().optional() });
const Definition = z.object({ StartAt: z.string(), TimeoutSeconds: z.number(), States: z.record(z.string(), State) });
const Machine = z.object({
  name: z.string(),
  roleArn: z.string(),
  definition: z.string().transform((text) => Definition.parse(JSON.parse(text))),
});
const machine = () => {
  const [only] = recording.typed("aws:sfn/stateMachine:StateMachine", Machine);
  if (only === undefined) throw new Error("no state machine");
  return only;
};

describe("Chroma's export", () => {
  it("runs as a state machine in the primary region, within the configured time and so many pieces at once", () => {
    const { args, place } = machine();

    expect([place, args.name, args.definition.TimeoutSeconds]).toEqual([PRIMARY, `${SYSTEM}-chroma-export`, chroma.maxDuration]);
    const { Plan, Pieces, Finish } = args.definition.States;
    expect(args.definition.StartAt).toBe("Plan");
    expect([Plan?.Next, Pieces?.Next, Finish?.End]).toEqual(["Pieces", "Finish", true]);
    expect(Pieces).toMatchObject({ Type: "Map", MaxConcurrency: chroma.concurrency, ResultPath: null });
  });

  it("calls the exporting function at each step, with a time of its own and again after any failure", () => {
    const { Plan, Pieces, Finish } = machine().args.definition.States;
    const Item = z.object({ ItemProcessor: z.object({ States: z.object({ Piece: State }) }) });

    for (const state of [Plan, Item.parse(Pieces).ItemProcessor.States.Piece, Finish])
      expect(state).toMatchObject({
        Type: "Task",
        Parameters: { FunctionName: FUNCTION },
        TimeoutSeconds: expect.any(Number),
        Retry: [{ ErrorEquals: ["States.ALL"], MaxAttempts: 5 }],
      });
  });

  it("may call this function and nothing else, and is started by its schedule's role only", () => {
    const Target = z.object({ arn: z.string(), roleArn: z.string().optional() });
    const [target] = recording.typed("aws:cloudwatch/eventTarget:EventTarget", Target).filter(({ args }) => args.arn === MACHINE);

    expect(roleOf(machine().args.roleArn)).toMatchObject({
      trust: [{ Principal: { Service: "states.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } }],
      may: [{ Action: ["lambda:InvokeFunction"], Resource: [FUNCTION, `${FUNCTION}:*`] }],
    });
    expect(roleOf(target?.args.roleArn ?? "")).toMatchObject({
      trust: [{ Principal: { Service: "events.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } }],
      may: [{ Action: ["states:StartExecution"], Resource: [MACHINE] }],
    });
  });
});

describe("the server's volume", () => {
  const tagsWith = (volumeSnapshots: boolean) => chromaVolumeTags(readProd(changed("prod", { chroma: { ...VALUES, volumeSnapshots } })));

  it("is told to AWS Backup by its claim's namespace where its snapshots are asked for, and not otherwise", () => {
    expect(tagsWith(false)).toEqual([]);
    expect(tagsWith(true)).toEqual([{ key: "kubernetes.io/created-for/pvc/namespace", value: "acme-chroma" }]);
  });
});
