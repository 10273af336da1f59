import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { LifeboatError } from "../../../recovery/errors";

/** https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles-eks.html */
const EKS_SERVICE_ROLE = "AWSServiceRoleForAmazonEKS";

/**
 * EKS makes this role with an account's first cluster. Where that one would be made in a recovery, it is an IAM write at the worst moment: it has to be
 * there before. Not made here: a service has one such role an account, and it may be somebody else's.
 */
export const requireEksServiceRole = async (options: pulumi.InvokeOptions): Promise<void> => {
  await aws.iam.getRole({ name: EKS_SERVICE_ROLE }, options).catch((error: unknown) => {
    throw new LifeboatError({
      code: "configuration",
      what: "The recovery region's cluster is made on demand, and this account never had one: EKS would have to make its service-linked role in the recovery",
      received: `no role ${EKS_SERVICE_ROLE}`,
      allowed: "an account in which it exists",
      hint: "aws iam create-service-linked-role --aws-service-name eks.amazonaws.com",
      cause: error,
    });
  });
};
