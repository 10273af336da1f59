import { z } from "zod";
import type { FunctionName } from "../../../recovery/names";
import { ACCOUNT } from "./outputs";

/**
 * What exists before the program runs: parameters, databases by identifier, the address range of each VPC, zones, roles and clusters by name, and how
 * functions answer.
 */
export interface World {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly databases?: Readonly<Record<string, Record<string, unknown>>>;
  readonly vpcs?: Readonly<Record<string, string>>;
  readonly zones?: readonly string[];
  readonly roles?: readonly string[];
  readonly clusters?: readonly string[];
  readonly answers?: Partial<Record<FunctionName, (event: Readonly<Record<string, unknown>>) => unknown>>;
}

const Named = z.object({ name: z.string() });
const Database = z.object({ dbInstanceIdentifier: z.string() });
const Identified = z.object({ id: z.string() });

type Answer = (inputs: unknown, world: World) => Record<string, unknown>;

const ANSWERS: Readonly<Record<string, Answer>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: ACCOUNT }),
  "aws:ec2/getVpc:getVpc": (inputs, { vpcs = {} }) => {
    const { id } = Identified.parse(inputs);
    return { id, cidrBlock: present(vpcs[id], `InvalidVpcID.NotFound: ${id}`) };
  },
  "aws:rds/getInstance:getInstance": (inputs, { databases = {} }) => {
    const { dbInstanceIdentifier } = Database.parse(inputs);
    return present(databases[dbInstanceIdentifier], `DBInstanceNotFound: ${dbInstanceIdentifier}`);
  },
  "aws:index/getAvailabilityZones:getAvailabilityZones": (_inputs, { zones = ["zone-a", "zone-b", "zone-c"] }) => ({ names: zones }),
  "aws:iam/getRole:getRole": (inputs, { roles = [] }) => {
    const { name } = Named.parse(inputs);
    return {
      name: present(
        roles.find((role) => role === name),
        `NoSuchEntity: ${name}`,
      ),
    };
  },
  "aws:eks/getCluster:getCluster": (inputs, { clusters = [] }) => {
    const { name } = Named.parse(inputs);
    present(
      clusters.find((cluster) => cluster === name),
      `ResourceNotFoundException: ${name}`,
    );
    return {
      ...{ name, endpoint: `https://${name}.eks.example`, certificateAuthorities: [{ data: "YXV0aG9yaXR5" }] },
      vpcConfig: { clusterSecurityGroupId: `sg-${name}` },
    };
  },
  "aws:ssm/getParameter:getParameter": (inputs, { parameters = {} }) => {
    const { name } = Named.parse(inputs);
    return { name, value: present(parameters[name], `ParameterNotFound: ${name}`) };
  },
};

const present = <T>(value: T | undefined, failure: string): T => {
  if (value === undefined) throw new Error(failure);
  return value;
};

/** An invoke's answer; an error for a token that nothing here knows, so that none passes unseen. */
export const answerInvoke = (token: string, inputs: unknown, system: string, world: World): Record<string, unknown> => {
  if (token === "aws:lambda/getInvocation:getInvocation")
    return { ...Invocation.parse(inputs), result: answerInvocation(inputs, system, world) };
  const answer = present(ANSWERS[token], `the mocks know no invoke ${token}: add it to test/infra/support/world.ts`);
  return answer(inputs, world);
};

const Invocation = z.object({ functionName: z.string(), input: z.string() });
const Event = z.record(z.string(), z.unknown());

/** What a function answers, as text; the functions of a system are named `<system>-<function>`. */
export const answerInvocation = (inputs: unknown, system: string, { answers = {} }: World): string => {
  const { functionName, input } = Invocation.parse(inputs);
  const known = Object.entries(answers).find(([name]) => functionName === `${system}-${name}`);
  const answer = present(known, `ResourceNotFoundException: ${functionName}`)[1];
  return JSON.stringify(answer?.(Event.parse(JSON.parse(input))));
};
