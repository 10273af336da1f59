import {
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DisassociateAccessPolicyCommand,
  EKSClient,
  UpdatePodIdentityAssociationCommand,
} from "@aws-sdk/client-eks";
import { ADMIN_VIEW_POLICY } from "../../../local/eks/access";
import { eksResources } from "../../../local/plugins/aws/eks/index";
import { region } from "./aws";
import { CLUSTERS, useEks } from "./eks";
import { describeResources, type ResourceCase } from "./suite";

const aws = useEks(eksResources);
const TYPE = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const [clusterName, other] = CLUSTERS;
const role = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;

const POLICY = { policyArn: ADMIN_VIEW_POLICY };
const lettingIn = async (name: string, clusterName: string): Promise<void> => {
  const entry = { clusterName, principalArn: role(name) };
  await aws.outside().client(EKSClient).send(new CreateAccessEntryCommand(entry));
};

const rows: ResourceCase[] = [
  {
    type: "aws:eks/accessEntry:AccessEntry",
    inputs: (_, unique) => ({ clusterName, principalArn: role(unique), type: "STANDARD", tags: { owner: "test" } }),
    outputs: (_, unique) => ({ region, clusterName, principalArn: role(unique), tagsAll: { owner: "test" } }),
    update: (_, unique) => ({ clusterName, principalArn: role(unique), type: "STANDARD", tags: { team: "backup" } }),
    replace: {
      because: "clusterName",
      inputs: (_, unique) => ({ clusterName: other, principalArn: role(unique), type: "STANDARD" }),
    },
    drift: async ({ inputs }) => {
      await aws
        .outside()
        .client(EKSClient)
        .send(new DeleteAccessEntryCommand({ clusterName, principalArn: String(inputs.principalArn) }));
    },
    notImported: "it is found by its cluster and its principal, which stand in the state alone",
  },
  {
    type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    prepare: async (_, unique) => {
      for (const cluster of CLUSTERS) await lettingIn(unique, cluster);
      return {};
    },
    inputs: (_, unique) => ({
      ...{ clusterName, principalArn: role(unique), ...POLICY },
      accessScope: { type: "namespace", namespaces: ["shop", "jobs"] },
    }),
    outputs: (_, unique) => ({ region, clusterName, principalArn: role(unique), ...POLICY }),
    replace: {
      because: "accessScope",
      inputs: (_, unique) => ({ clusterName, principalArn: role(unique), ...POLICY, accessScope: { type: "cluster" } }),
    },
    drift: async ({ inputs }) => {
      const association = { clusterName, principalArn: String(inputs.principalArn), ...POLICY };
      await aws.outside().client(EKSClient).send(new DisassociateAccessPolicyCommand(association));
    },
    notImported: "it is found by its cluster, its principal and its policy, which stand in the state alone",
  },
  {
    type: TYPE,
    inputs: (_, unique) => ({ clusterName, namespace: "jobs", serviceAccount: unique, roleArn: role("dump"), tags: { owner: "test" } }),
    outputs: (_, unique) => ({ region, clusterName, namespace: "jobs", serviceAccount: unique, tagsAll: { owner: "test" } }),
    update: (_, unique) => ({ clusterName, namespace: "jobs", serviceAccount: unique, roleArn: role("other"), tags: { team: "backup" } }),
    replace: {
      because: "clusterName",
      inputs: (_, unique) => ({ clusterName: other, namespace: "jobs", serviceAccount: unique, roleArn: role("dump") }),
    },
    drift: async ({ id }) => {
      const change = { clusterName, associationId: id, roleArn: role("attacker") };
      await aws.outside().client(EKSClient).send(new UpdatePodIdentityAssociationCommand(change));
    },
    notImported: "it is found by its cluster too, which stands in the state alone",
  },
];

describeResources(aws.plugin, eksResources, rows);

test("a service account has one role", async () => {
  const inputs = { clusterName, namespace: "jobs", serviceAccount: "one", roleArn: role("dump") };
  const first = await aws.plugin().create(TYPE, "first", inputs);

  await expect(aws.plugin().create(TYPE, "second", { ...inputs, roleArn: role("other") })).rejects.toThrow("Association already exists");

  await aws.plugin().delete(first);
});

test("a cluster that is not there is named", async () => {
  const inputs = { clusterName: "absent", namespace: "jobs", serviceAccount: "one", roleArn: role("dump") };

  await expect(aws.plugin().create(TYPE, "subject", inputs)).rejects.toThrow("No cluster found for name: absent.");
});

test("a policy whose rules the embedded EKS does not know is refused by name, as is one of nobody who is let in", async () => {
  const association = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
  const inputs = { clusterName, principalArn: role("stranger"), ...POLICY, accessScope: { type: "cluster" } };
  await expect(aws.plugin().create(association, "subject", inputs)).rejects.toThrow("principalArn could not be found");
  await lettingIn("known", clusterName);

  const unknown = { ...inputs, principalArn: role("known"), policyArn: ADMIN_VIEW_POLICY.replace("AdminView", "ClusterAdmin") };
  await expect(aws.plugin().create(association, "subject", unknown)).rejects.toThrow("knows no rules of");
});
