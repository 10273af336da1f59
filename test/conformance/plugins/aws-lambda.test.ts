import {
  AddPermissionCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { awsFunctions } from "../../../local/plugins/aws/functions/index";
import { lambdaResources } from "../../../local/plugins/aws/lambda/index";
import { sqsResources } from "../../../local/plugins/aws/sqs/index";
import type { WireObject } from "../../../local/plugins/protocol/wire";
import { region, useAws } from "./aws";
import type { Engine, State } from "./engine";
import { code, echo, failing, givenFunctionRole } from "./functionCode";
import { describeResources, type ResourceCase } from "./suite";

const aws = useAws([...lambdaResources, ...sqsResources], awsFunctions);
const lambda = () => aws.outside().client(LambdaClient);

const functionType = "aws:lambda/function:Function";
const permissionType = "aws:lambda/permission:Permission";
const invocationType = "aws:lambda/invocation:Invocation";
const mappingType = "aws:lambda/eventSourceMapping:EventSourceMapping";
const eventConfigType = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";

let role = "";

const made = (name: string, source = echo) => ({ name, role, runtime: "nodejs24.x", handler: "index.handler", code: code(source) });
const makeFunction = (engine: Engine, name: string, source = echo): Promise<State> =>
  engine.create(functionType, "function", made(name, source));

beforeAll(async () => {
  role = await givenFunctionRole(aws.outside());
  shared = await makeFunction(aws.plugin(), "shared");
});

// One for all rows that only need some function: the emulator takes half a second for each to become active.
let shared: State | undefined;
const nameOf = () => shared?.id ?? "";
const arnOf = () => String(shared?.outputs.arn ?? "");
const rule = `arn:aws:events:${region}:000000000000:rule/export`;

const rows: ResourceCase[] = [
  {
    type: functionType,
    inputs: (_, unique) => ({ ...made(unique), timeout: 60, environment: { variables: { STORE: "chroma" } }, tags: { owner: "test" } }),
    outputs: (_, unique) => ({
      arn: `arn:aws:lambda:${region}:000000000000:function:${unique}`,
      qualifiedArn: `arn:aws:lambda:${region}:000000000000:function:${unique}:$LATEST`,
      invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${region}:000000000000:function:${unique}/invocations`,
      version: "$LATEST",
      memorySize: 128,
      environment: { variables: { STORE: "chroma" } },
      tagsAll: { owner: "test" },
    }),
    update: (_, unique) => ({
      ...made(unique, "exports.handler = async () => 2"),
      memorySize: 512,
      environment: { variables: { STORE: "objects" } },
      reservedConcurrentExecutions: 1,
      tags: { tier: "critical" },
    }),
    replace: { because: "name", inputs: (_, unique) => made(`${unique}-2`) },
    drift: async ({ id }) => {
      await lambda().send(new UpdateFunctionConfigurationCommand({ FunctionName: id, Timeout: 1 }));
    },
    notRead: ["code", "publish", "skipDestroy"],
  },
  {
    type: functionType,
    about: "in a VPC, without variables",
    inputs: (_, unique) => ({
      ...made(unique),
      vpcConfig: { subnetIds: ["subnet-b", "subnet-a"], securityGroupIds: ["sg-a"] },
      ephemeralStorage: { size: 1_024 },
      loggingConfig: { logFormat: "JSON", logGroup: `/lifeboat/${unique}` },
      tracingConfig: { mode: "Active" },
      deadLetterConfig: { targetArn: `arn:aws:sqs:${region}:000000000000:dead` },
      architectures: ["x86_64"],
    }),
    outputs: () => ({ vpcConfig: { subnetIds: ["subnet-b", "subnet-a"], securityGroupIds: ["sg-a"] } }),
    update: (_, unique) => made(unique),
    drift: async ({ id }) => {
      const Environment = { Variables: { ADDED: "1" } };
      await lambda().send(new UpdateFunctionConfigurationCommand({ FunctionName: id, Environment }));
    },
    notRead: ["code", "publish", "skipDestroy", "vpcConfig"],
  },
  {
    type: permissionType,
    inputs: () => ({
      action: "lambda:InvokeFunction",
      function: nameOf(),
      principal: "events.amazonaws.com",
      sourceArn: rule,
      statementId: "events",
    }),
    replace: {
      because: "sourceArn",
      inputs: () => ({
        action: "lambda:InvokeFunction",
        function: nameOf(),
        principal: "events.amazonaws.com",
        sourceArn: `${rule}-2`,
        statementId: "events",
      }),
    },
    drift: async ({ outputs }) => {
      const place = { FunctionName: String(outputs.function), StatementId: "events" };
      await lambda().send(new RemovePermissionCommand(place));
      await lambda().send(new AddPermissionCommand({ ...place, Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com" }));
    },
  },
  {
    type: eventConfigType,
    inputs: () => ({
      functionName: nameOf(),
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
      destinationConfig: { onFailure: { destination: `arn:aws:sqs:${region}:000000000000:dead` } },
    }),
    update: () => ({ functionName: nameOf(), maximumRetryAttempts: 1 }),
    replace: { because: "functionName", inputs: () => ({ functionName: `${nameOf()}-2` }) },
    drift: async ({ id }) => {
      await lambda().send(new PutFunctionEventInvokeConfigCommand({ FunctionName: id, MaximumRetryAttempts: 2 }));
    },
  },
  {
    type: mappingType,
    prepare: async (engine, unique) => ({ queue: await engine.create("aws:sqs/queue:Queue", "queue", { name: unique }) }),
    inputs: (given) => ({
      eventSourceArn: String(given.queue?.outputs.arn),
      functionName: arnOf(),
      batchSize: 1,
      functionResponseTypes: ["ReportBatchItemFailures"],
    }),
    outputs: () => ({ functionArn: arnOf(), state: "Enabled" }),
    update: (given) => ({ eventSourceArn: String(given.queue?.outputs.arn), functionName: arnOf(), batchSize: 5, enabled: false }),
    replace: {
      because: "eventSourceArn",
      inputs: (given) => ({ eventSourceArn: `${given.queue?.outputs.arn}-2`, functionName: arnOf() }),
    },
    drift: async ({ id }) => {
      await lambda().send(new UpdateEventSourceMappingCommand({ UUID: id, BatchSize: 10 }));
    },
  },
];

// An invocation is an event: it has nothing to import or to drift, so it has tests of its own below.
describeResources(
  aws.plugin,
  lambdaResources.filter(({ type }) => type !== invocationType),
  rows,
);

describe("a function's code", () => {
  test("has the same hash whenever and wherever it is packed, and another when it changes", async () => {
    const engine = aws.plugin();
    const [one, same, other] = [
      await makeFunction(engine, "one"),
      await makeFunction(engine, "same"),
      await makeFunction(engine, "other", failing),
    ];

    expect(one.outputs.codeSha256).toBe(same.outputs.codeSha256);
    expect(one.outputs.codeSha256).not.toBe(other.outputs.codeSha256);
    expect(one.outputs.sourceCodeHash).toBe(one.outputs.codeSha256);
    for (const state of [one, same, other]) await engine.delete(state);
  });

  test("published is a version of its own, and a new one after a change", async () => {
    const engine = aws.plugin();
    const state = await engine.create(functionType, "function", { ...made("published"), publish: true });

    const updated = await engine.update(state, { ...made("published", failing), publish: true });

    expect(state.outputs.version).toBe("1");
    expect(updated.outputs).toMatchObject({ version: "2", qualifiedArn: expect.stringMatching(/:published:2$/) });
    await engine.delete(state);
  });
});

describe(invocationType, () => {
  const invoke = (name: string, inputs: WireObject) => aws.plugin().create(invocationType, name, inputs);

  test("gives the function's answer, stays as it is, and calls nothing when it goes", async () => {
    const engine = aws.plugin();
    const owner = await makeFunction(engine, "answers");

    const state = await invoke("resolve", { functionName: "answers", input: JSON.stringify({ mode: "drill" }) });
    const again = await engine.check(invocationType, "resolve", { functionName: "answers", input: '{ "mode": "drill" }' }, state.inputs);
    await engine.delete(owner);

    expect(JSON.parse(String(state.outputs.result))).toMatchObject({ event: { mode: "drill" } });
    expect(await engine.read(state)).toEqual(state);
    expect(await engine.diff(state, again)).toMatchObject({ changed: false });
    await expect(engine.delete(state)).resolves.toBeUndefined();
  });

  test("is made anew for other triggers, and made again for another input", async () => {
    const engine = aws.plugin();
    const owner = await makeFunction(engine, "again");
    const inputs = { functionName: "again", input: JSON.stringify({ at: 1 }), triggers: { run: "1" } };
    const state = await invoke("import", inputs);

    const otherTriggers = await engine.check(invocationType, "import", { ...inputs, triggers: { run: "2" } }, state.inputs);
    const updated = await engine.update(state, { ...inputs, input: JSON.stringify({ at: 2 }) });

    expect((await engine.diff(state, otherTriggers)).replaces.join()).toContain("triggers");
    expect(JSON.parse(String(updated.outputs.result))).toMatchObject({ event: { at: 2 } });
    await engine.delete(owner);
  });

  test("in scope CRUD tells the function what happens to the resource", async () => {
    const engine = aws.plugin();
    const owner = await makeFunction(engine, "crud");
    const inputs = { functionName: "crud", input: JSON.stringify({ at: 1 }), lifecycleScope: "CRUD" };
    const state = await invoke("expire", inputs);

    const updated = await engine.update(state, { ...inputs, input: JSON.stringify({ at: 2 }) });

    expect(JSON.parse(String(state.outputs.result)).event).toEqual({ at: 1, tf: { action: "create", prev_input: null } });
    expect(JSON.parse(String(updated.outputs.result)).event).toEqual({ at: 2, tf: { action: "update", prev_input: { at: 1 } } });
    await engine.delete(owner);
    await expect(engine.delete(updated)).rejects.toThrow(/not found/i);
  });

  test("that fails gives the function's own message", async () => {
    const owner = await makeFunction(aws.plugin(), "fails", failing);

    await expect(invoke("resolve", { functionName: "fails", input: "{}" })).rejects.toThrow(
      /function fails failed: .*\[no-recovery-point\] Chroma has no sealed export\. Hint: wait for one\./,
    );
    await aws.plugin().delete(owner);
  });
});

describe("aws:lambda/getInvocation:getInvocation", () => {
  const ask = (args: WireObject) => aws.plugin().invoke("aws:lambda/getInvocation:getInvocation", args);

  test("gives the function's answer, every time", async () => {
    const owner = await makeFunction(aws.plugin(), "asked");

    const asked = [];
    for (const at of [1, 1]) asked.push(await ask({ functionName: "asked", input: JSON.stringify({ at }) }));

    expect(asked).toEqual([asked[0], asked[0]]);
    expect(asked[0]).toMatchObject({ region, qualifier: "$LATEST", id: expect.stringMatching(/^asked_\$LATEST_[0-9a-f]{32}$/) });
    expect(JSON.parse(String(asked[0]?.result))).toMatchObject({ event: { at: 1 } });
    await aws.plugin().delete(owner);
  });

  test("of a function that fails or is not there says so", async () => {
    const owner = await makeFunction(aws.plugin(), "refuses", failing);

    await expect(ask({ functionName: "refuses", input: "{}" })).rejects.toThrow(
      /function refuses failed: .*\[no-recovery-point\] Chroma has no sealed export\./,
    );
    await expect(ask({ functionName: "none", input: "{}" })).rejects.toThrow(/Function not found/i);
    await aws.plugin().delete(owner);
  });
});
