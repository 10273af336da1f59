import { EKSClient, UpdatePodIdentityAssociationCommand } from "@aws-sdk/client-eks";
import { eksResources } from "../../../local/plugins/aws/eks/index";
import { region } from "./aws";
import { CLUSTERS, useEks } from "./eks";
import { describeResources, type ResourceCase } from "./suite";

const aws = useEks(eksResources);
const TYPE = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const [clusterName, other] = CLUSTERS;
const role = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;

const rows: ResourceCase[] = [
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
