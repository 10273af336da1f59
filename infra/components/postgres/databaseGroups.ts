import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { groupParameters, parameterFamily } from "./parameters";

export interface DatabaseGroupsArgs {
  /** The name of both groups. A region's groups are found by it. */
  readonly name: string;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly engineVersion: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Where a region's databases stand and what they are set to. Both regions have the same: a restore that names no groups gets AWS's defaults, with
 * TLS optional and in a default network. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
 */
export class DatabaseGroups extends pulumi.ComponentResource {
  readonly subnetGroupName: pulumi.Output<string>;
  readonly parameterGroupName: pulumi.Output<string>;

  constructor(name: string, args: DatabaseGroupsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:postgres:DatabaseGroups", name, {}, options);
    const child = { parent: this };
    const subnets = new aws.rds.SubnetGroup(
      name,
      { name: args.name, description: "Where Lifeboat's databases stand", subnetIds: [...args.subnetIds] },
      child,
    );
    const parameters = new aws.rds.ParameterGroup(
      name,
      {
        name: args.name,
        description: "What Lifeboat's databases are set to",
        family: parameterFamily(args.engineVersion),
        parameters: groupParameters(args.parameters),
      },
      child,
    );
    this.subnetGroupName = subnets.name;
    this.parameterGroupName = parameters.name;
    this.registerOutputs({ subnetGroupName: this.subnetGroupName, parameterGroupName: this.parameterGroupName });
  }
}
