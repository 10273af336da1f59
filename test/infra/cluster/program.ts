import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor, type Mocks } from "@pulumi/pulumi/runtime/mocks";
import { z } from "zod";
import { outputsOf } from "../support/outputs";
import { placeOf, Recording, recordedFrom } from "../support/recording";

export const REGION = "eu-west-1";
export const CLUSTER_GROUP = "sg-of-the-cluster";
export const CLUSTER_ENDPOINT = "https://cluster.eks.example";
export const AUTHORITY = "YXV0aG9yaXR5";

const VpcConfig = z.object({ vpcConfig: z.record(z.string(), z.unknown()) });

/** What EKS and EC2 compute, as far as clusters read it. */
const computedOf = (type: string, name: string, inputs: unknown): Readonly<Record<string, unknown>> => {
  if (type === "aws:ec2/eip:Eip") return { allocationId: `eipalloc-${name}` };
  if (type !== "aws:eks/cluster:Cluster") return {};
  const { vpcConfig } = VpcConfig.parse(inputs);
  return {
    endpoint: CLUSTER_ENDPOINT,
    certificateAuthority: { data: AUTHORITY },
    vpcConfig: { ...vpcConfig, vpcId: "vpc-of-the-cluster", clusterSecurityGroupId: CLUSTER_GROUP },
  };
};

/** What exists before the program runs; a call that nothing here answers fails, so that none passes unseen. */
export interface Existing {
  readonly zones?: readonly string[];
  readonly roles?: readonly string[];
  readonly clusters?: readonly string[];
}

const Named = z.object({ name: z.string() });

const answer = (token: string, inputs: unknown, { zones = [], roles = [], clusters = [] }: Existing): Record<string, unknown> => {
  if (token === "aws:index/getAvailabilityZones:getAvailabilityZones") return { names: zones };
  const { name } = Named.parse(inputs);
  if (token === "aws:iam/getRole:getRole" && roles.includes(name)) return { name };
  if (token === "aws:eks/getCluster:getCluster" && clusters.includes(name))
    return {
      name,
      endpoint: CLUSTER_ENDPOINT,
      certificateAuthorities: [{ data: AUTHORITY }],
      vpcConfig: { clusterSecurityGroupId: CLUSTER_GROUP },
    };
  throw new Error(`nothing answers ${token} for ${name}`);
};

type Answered = (error: Error | null, response?: RegisterResourceResponse) => void;

class RecordingMonitor extends MockMonitor {
  constructor(
    mocks: Mocks,
    private readonly recording: Recording,
  ) {
    super(mocks);
  }

  override registerResource(request: RegisterResourceRequest, answered: Answered): Promise<void> {
    return super.registerResource(request, (error, response: RegisterResourceResponse | undefined) => {
      if (response !== undefined) this.recording.resources.push(recordedFrom(response.getUrn(), request));
      answered(error, response);
    });
  }
}

/** Runs a piece of a program in one region; ends when every registration was answered. */
export const run = async <T>(
  piece: (options: pulumi.CustomResourceOptions) => T | Promise<T>,
  existing: Existing = {},
): Promise<{ readonly recording: Recording; readonly made: Awaited<T> }> => {
  const recording = new Recording();
  const mocks: Mocks = {
    newResource: ({ type, name, inputs, provider }) => {
      const outputs = outputsOf(type, name, inputs, placeOf(provider) ?? "");
      return { ...outputs, state: { ...outputs.state, ...computedOf(type, name, inputs) } };
    },
    call: ({ token, inputs, provider }) => {
      recording.invokes.push({ token, inputs, place: placeOf(provider) });
      return answer(token, inputs, existing);
    },
  };
  await pulumi.runtime.setMocks(mocks, "lifeboat", "test");
  pulumi.runtime.setMockOptions(new RecordingMonitor(mocks, recording), "lifeboat", "test");
  const made = await piece({ provider: new aws.Provider("region", { region: REGION }) });
  await pulumi.runtime.disconnect();
  return { recording, made };
};

/** An output's value, once it is known. */
export const known = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));
