import { join } from "node:path";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { lambdaResources } from "../../../local/plugins/aws/lambda/index";
import { useAws } from "./aws";
import { code, echo, givenFunctionRole } from "./functionCode";

const aws = useAws(lambdaResources);
const lambda = () => aws.outside().client(LambdaClient);

const functionType = "aws:lambda/function:Function";
const invocationType = "aws:lambda/invocation:Invocation";
let role = "";
const made = (name: string) => ({ name, role, runtime: "nodejs24.x", handler: "index.handler", code: code(echo) });

const gateway = "http://127.0.0.1:9";
const endpoints = { AWS_ENDPOINT_URL: gateway, AWS_ENDPOINT_URL_RDS: `${gateway}/rds` };
/** A file that is there: Node warns of one that is not, and goes on without it. */
const authorities = join(process.cwd(), "package.json");
const before = new Map([...Object.keys(endpoints), "NODE_EXTRA_CA_CERTS"].map((name) => [name, process.env[name]]));

beforeAll(async () => {
  Object.assign(process.env, endpoints);
  // A host may trust CAs of its own.
  delete process.env.NODE_EXTRA_CA_CERTS;
  role = await givenFunctionRole(aws.outside());
});

afterAll(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

describe("a function's endpoints", () => {
  test("are the plugin's own in the emulator, and unknown to the state", async () => {
    const engine = aws.plugin();
    const state = await engine.create(functionType, "function", { ...made("endpoints"), environment: { variables: { STORE: "chroma" } } });

    const sent = await lambda().send(new GetFunctionConfigurationCommand({ FunctionName: "endpoints" }));
    const refreshed = await engine.read(state);
    const updated = await engine.update(state, { ...made("endpoints"), environment: { variables: { STORE: "objects" } } });
    const sentAgain = await lambda().send(new GetFunctionConfigurationCommand({ FunctionName: "endpoints" }));

    expect(sent.Environment?.Variables).toEqual({ ...endpoints, STORE: "chroma" });
    expect(sentAgain.Environment?.Variables).toEqual({ ...endpoints, STORE: "objects" });
    expect(JSON.stringify([state, refreshed, updated])).not.toContain(gateway);
    await engine.delete(state);
  });

  test("are trusted by the CAs of the embedded AWS, in place of a path that exists on Lambda only", async () => {
    const engine = aws.plugin();
    const own = "/var/runtime/ca-cert.pem";
    const trusting = { ...made("trusting"), environment: { variables: { NODE_EXTRA_CA_CERTS: own } } };
    process.env.NODE_EXTRA_CA_CERTS = authorities;
    try {
      const state = await engine.create(functionType, "function", trusting);
      const invoked = await engine.create(invocationType, "invocation", { functionName: "trusting", input: "{}" });
      const refreshed = await engine.read(state);
      const asked = await engine.check(functionType, "function", trusting, refreshed?.inputs);

      expect(JSON.parse(String(invoked.outputs.result))).toMatchObject({ trusted: authorities });
      expect(state.outputs).toMatchObject({ environment: { variables: { NODE_EXTRA_CA_CERTS: own } } });
      expect(refreshed).toEqual(state);
      expect(await engine.diff(refreshed ?? state, asked)).toMatchObject({ changed: false });
      await engine.delete(state);
    } finally {
      delete process.env.NODE_EXTRA_CA_CERTS;
    }
  });

  test("are what the function's own code sees", async () => {
    const engine = aws.plugin();
    const state = await engine.create(functionType, "function", made("sees"));

    const invoked = await engine.create(invocationType, "invocation", { functionName: "sees", input: "{}" });

    expect(JSON.parse(String(invoked.outputs.result))).toMatchObject({ endpoint: gateway });
    await engine.delete(state);
  });
});
