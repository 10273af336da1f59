import * as pulumi from "@pulumi/pulumi";
import { eksClusterArn } from "../../iam/arns";
import { policyDocument } from "../../iam/policy";

export interface JobTrustArgs {
  readonly accountId: string;
  readonly region: string;
  readonly cluster: { readonly name: pulumi.Input<string> };
  readonly namespace: pulumi.Input<string>;
  readonly serviceAccount: string;
}

/**
 * Who may assume a job's role: EKS, for the job's own service account in its own cluster. Pod Identity says on whose behalf it asks by session tags, and
 * by nothing else: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html, https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 */
export const jobTrust = ({ accountId, region, cluster, namespace, serviceAccount }: JobTrustArgs): pulumi.Output<string> =>
  pulumi.all([cluster.name, namespace]).apply(([clusterName, inNamespace]) =>
    policyDocument([
      {
        actions: ["sts:AssumeRole", "sts:TagSession"],
        resources: [],
        principal: { Service: "pods.eks.amazonaws.com" },
        condition: {
          StringEquals: {
            "aws:RequestTag/eks-cluster-arn": eksClusterArn(region, accountId, clusterName),
            "aws:RequestTag/kubernetes-namespace": inNamespace,
            "aws:RequestTag/kubernetes-service-account": serviceAccount,
          },
        },
      },
    ]),
  );
