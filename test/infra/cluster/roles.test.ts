import { z } from "zod";
import { CreatedCluster } from "../../../infra/components/cluster/createdCluster";
import { requireEksServiceRole } from "../../../infra/components/cluster/serviceLinkedRole";
import { PolicyText, type Recording } from "../support/recording";
import { REGION, run } from "./program";
import { KEY, VALUES, ZONES } from "./values";

const Attachment = z.object({ role: z.string(), policyArn: z.string() });
const Role = z.object({ name: z.string(), assumeRolePolicy: PolicyText });

let recording: Recording;
beforeAll(async () => {
  const args = { system: "acme", home: "recovery", region: REGION, zones: ZONES, values: VALUES, standby: "warm", keyArn: KEY } as const;
  ({ recording } = await run((options) => new CreatedCluster("cluster", { ...args, protect: true }, options)));
});

const attachedTo = (role: string) =>
  recording
    .typed("aws:iam/rolePolicyAttachment:RolePolicyAttachment", Attachment)
    .flatMap(({ args }) => (args.role === role ? [args.policyArn] : []));

const trustOf = (name: string) => recording.typed("aws:iam/role:Role", Role).find(({ args }) => args.name === name)?.args.assumeRolePolicy;

// https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html
it("EKS gets exactly what AWS documents for Auto Mode", () => {
  expect(attachedTo("acme-cluster-recovery")).toEqual([
    "arn:aws:iam::aws:policy/AmazonEKSBlockStoragePolicy",
    "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
    "arn:aws:iam::aws:policy/AmazonEKSComputePolicy",
    "arn:aws:iam::aws:policy/AmazonEKSLoadBalancingPolicy",
    "arn:aws:iam::aws:policy/AmazonEKSNetworkingPolicy",
  ]);
  expect(trustOf("acme-cluster-recovery")).toMatchObject([
    { Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Principal: { Service: "eks.amazonaws.com" } },
  ]);
});

// https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html
it("nodes get exactly what AWS documents for Auto Mode", () => {
  expect(attachedTo("acme-nodes-recovery")).toEqual([
    "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    "arn:aws:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy",
  ]);
  expect(trustOf("acme-nodes-recovery")).toMatchObject([
    { Effect: "Allow", Action: ["sts:AssumeRole"], Principal: { Service: "ec2.amazonaws.com" } },
  ]);
});

it("beside them there is the use of one key, through EBS, for EKS only", () => {
  const [inline, ...others] = recording.typed("aws:iam/rolePolicy:RolePolicy", z.object({ role: z.string(), policy: PolicyText }));

  expect(others).toEqual([]);
  expect(inline?.args.role).toBe("acme-cluster-recovery");
  expect(inline?.args.policy).toEqual([
    {
      Effect: "Allow",
      Action: ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: [KEY],
      Condition: { StringEquals: { "kms:ViaService": `ec2.${REGION}.amazonaws.com` } },
    },
  ]);
});

it("the cluster waits for all that its roles are given", () => {
  const given = recording.created().filter(({ type }) => /^aws:iam\/(rolePolicy|instanceProfile)/.test(type));

  expect(given.length).toBe(9);
  expect(recording.get("aws:eks/cluster:Cluster", "recovery-cluster").dependencies).toEqual(
    expect.arrayContaining(given.map(({ urn }) => urn)),
  );
});

describe("EKS's own role", () => {
  it("is enough when it is there", async () => {
    const { recording: asked } = await run((options) => requireEksServiceRole(options), { roles: ["AWSServiceRoleForAmazonEKS"] });

    expect(asked.created()).toEqual([]);
  });

  it("is asked for ahead when it is not: EKS would make it in the recovery", async () => {
    await expect(run((options) => requireEksServiceRole(options))).rejects.toMatchObject({
      code: "configuration",
      facts: { hint: "aws iam create-service-linked-role --aws-service-name eks.amazonaws.com" },
    });
  });
});
