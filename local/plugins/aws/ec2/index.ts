import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { routeTable } from "./routeTable";
import { routeTableAssociation } from "./routeTableAssociation";
import { securityGroup } from "./securityGroup";
import { securityGroupEgressRule, securityGroupIngressRule } from "./securityGroupRule";
import { subnet } from "./subnet";
import { vpc } from "./vpc";
import { vpcEndpoint } from "./vpcEndpoint";

export const ec2Resources: readonly ResourceHandler<AwsContext>[] = [
  vpc,
  subnet,
  securityGroup,
  securityGroupIngressRule,
  securityGroupEgressRule,
  vpcEndpoint,
  routeTable,
  routeTableAssociation,
];
