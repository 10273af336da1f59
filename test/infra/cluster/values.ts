import type { CreatedClusterValues } from "../../../infra/config/cluster";

const ACCOUNT = "123456789012";
export const DEPLOYER = `arn:aws:iam::${ACCOUNT}:role/deploy`;
export const OPERATOR = `arn:aws:iam::${ACCOUNT}:role/on-call`;
export const POD_ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
export const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/recovery`;
export const ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];

/** A cluster as a stack file that says as little as it may would have it made. */
export const VALUES: CreatedClusterValues = {
  kind: "create",
  version: "1.34",
  vpcCidr: "10.2.0.0/16",
  egress: "nat",
  publicLoadBalancers: false,
  publicAccessCidrs: [],
  deployRoleArn: DEPLOYER,
  operators: [OPERATOR],
  podIdentities: [{ namespace: "shop", serviceAccount: "web", roleArn: POD_ROLE }],
};
