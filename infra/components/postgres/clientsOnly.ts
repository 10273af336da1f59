import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface ClientsOnlyArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly description: string;
  /** The group's name in a list of groups. */
  readonly label: string;
  readonly port: number;
  /** Who is let in to the port, and nobody else; by what they are to a reader. */
  readonly clients: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A security group that lets its clients in to a database's port, and the database out to nobody; with the rules that let them in. */
export const clientsOnly = (name: string, args: ClientsOnlyArgs, child: pulumi.CustomResourceOptions) => {
  const { vpcId, description, label, port } = args;
  const group = new aws.ec2.SecurityGroup(name, { vpcId, description, tags: { Name: label } }, child);
  const rules = Object.entries(args.clients).map(
    ([client, referencedSecurityGroupId]) =>
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-${client}`,
        {
          ...{ ipProtocol: "tcp", securityGroupId: group.id, referencedSecurityGroupId, fromPort: port, toPort: port },
          description: `${client} to PostgreSQL`,
        },
        child,
      ),
  );
  return { groupId: group.id, rules };
};
