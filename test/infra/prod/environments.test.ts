import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FUNCTIONS, type FunctionName } from "../../../recovery/names";
import { settingsOf } from "../support/deployed";
import { companyWorld, everything } from "../support/existing";
import { deployedProd, MADE_FUNCTIONS } from "../support/prod";
import { functionsOf } from "../support/reachability";
import type { Recording } from "../support/recording";

/** Thrown instead of doing the work, once a handler has parsed its environment: with the variables that it asked for. */
class Parsed extends Error {
  constructor(readonly variables: readonly string[]) {
    super("the environment was parsed");
  }
}

jest.mock("../../../lambdas/shared/environment", () => {
  const real = jest.requireActual<typeof import("../../../lambdas/shared/environment")>("../../../lambdas/shared/environment");
  const parseEnvironment: typeof real.parseEnvironment = (shape, environment) => {
    real.parseEnvironment(shape, environment);
    throw new Parsed(Object.keys(shape));
  };
  return { ...real, parseEnvironment };
});

/** What a handler may leave to its default, or does without: inventories are of buckets that the program made. */
const DEFAULTED = ["CHROMA_TENANT", "CHROMA_DATABASE", "PRIMARY_REPORTS_BUCKET", "REPORTS_BUCKET"];
/** What Node itself reads when it starts. */
const READ_BY_NODE = ["NODE_EXTRA_CA_CERTS"];
const WITHOUT_ENVIRONMENT: FunctionName = "kubernetes-read";
const CONTEXT = { awsRequestId: "r-1", getRemainingTimeInMillis: () => 60_000 };

let made: Recording;
let existing: Recording;
let codeFolder: string;
const environment = process.env;
beforeAll(async () => {
  // Pulumi writes what it has no engine to tell to the console.
  jest.spyOn(console, "warn").mockReturnValue();
  made = await deployedProd();
  existing = await deployedProd(everything, companyWorld());
  codeFolder = mkdtempSync(join(tmpdir(), "lifeboat-code-"));
});
afterAll(() => rmSync(codeFolder, { recursive: true }));
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});

const variablesOf = (name: FunctionName, run = made): Readonly<Record<string, string>> => {
  const found = functionsOf(run).find((fn) => fn.name === name);
  if (found === undefined) throw new Error(`function ${name} was not deployed`);
  return found.args.environment.variables;
};

/** Puts the file that a function is told in beside its code. */
const placeSettings = (name: FunctionName, run: Recording): void => {
  const { SETTINGS_FILE: file } = variablesOf(name, run);
  if (file !== undefined) writeFileSync(join(codeFolder, file), JSON.stringify(settingsOf(run, name)));
};

/** Calls the handler with an environment, up to where the work would begin. */
const parsedBy = async (name: FunctionName, variables: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const { handler } = await import(`../../../lambdas/${name}/handler`);
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  process.env = { AWS_REGION: "eu-west-1", LAMBDA_TASK_ROOT: codeFolder, ...variables };
  try {
    await handler({}, CONTEXT);
  } catch (error) {
    if (error instanceof Parsed) return error.variables;
    throw error;
  }
  throw new Error(`${name} parsed no environment`);
};

const ours = (variable: string): boolean => !DEFAULTED.includes(variable) && !READ_BY_NODE.includes(variable);

describe.each([
  { whose: "Lifeboat's own", deployed: MADE_FUNCTIONS, run: () => made },
  { whose: "there before", deployed: FUNCTIONS, run: () => existing },
])("where the stores are $whose", ({ deployed, run }) => {
  it.each(deployed.filter((name) => name !== WITHOUT_ENVIRONMENT))(
    "%s is given the environment that its handler parses, and nothing that it does not read",
    async (name) => {
      const variables = variablesOf(name, run());
      placeSettings(name, run());

      const parsed = await parsedBy(name, variables);

      expect(Object.keys(variables).filter(ours).sort()).toEqual(parsed.filter(ours).sort());
    },
  );
});

it("the one that is told all in its event is given the system's name and no more", () => {
  expect(Object.keys(variablesOf(WITHOUT_ENVIRONMENT)).filter(ours)).toEqual(["LIFEBOAT_SYSTEM"]);
});

it("a variable that is missing shows", async () => {
  const { VAULT_BUCKET: _removed, ...rest } = variablesOf("seal");

  await expect(parsedBy("seal", rest)).rejects.toThrow("VAULT_BUCKET: ");
});

it("those that connect to a database trust Amazon's authorities, and no other function loads them", () => {
  const trusting = FUNCTIONS.filter((name) => variablesOf(name, existing).NODE_EXTRA_CA_CERTS === "/var/runtime/ca-cert.pem");

  expect(trusting).toEqual(["postgres-ready", "validate"]);
  expect(FUNCTIONS.filter((name) => "NODE_EXTRA_CA_CERTS" in variablesOf(name, existing))).toEqual(trusting);
});
