import type { FunctionHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { getCallerIdentity, getPartition, getRegion } from "./account";
import { getSecurityGroup, getSubnet, getSubnets, getVpc } from "./ec2";
import { getInvocation } from "./invocation";
import { getAlias, getKey } from "./kms";
import { getFunction } from "./lambda";
import { getInstance } from "./rds";
import { getObject } from "./s3Object";
import { getBucketObjects, getObjects } from "./s3Objects";
import { getParameter } from "./ssm";

export const awsFunctions: readonly FunctionHandler<AwsContext>[] = [
  getCallerIdentity,
  getRegion,
  getPartition,
  getParameter,
  getObject,
  getObjects,
  getBucketObjects,
  getKey,
  getAlias,
  getVpc,
  getSubnet,
  getSubnets,
  getSecurityGroup,
  getFunction,
  getInvocation,
  getInstance,
];
