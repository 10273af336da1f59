import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ExistingChromaValues } from "../../config/existing";

export interface ExistingChromaArgs extends ExistingChromaValues {
  /** The group of the functions that export it. */
  readonly functionsSecurityGroupId: pulumi.Input<string>;
}

/** The port that a URL means. */
export const portOf = (url: string): number => {
  const { port, protocol } = new URL(url);
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
};

/**
 * A Chroma server that is not Lifeboat's, in the place of one that it makes. The only thing that is added is a rule of the functions' own group, which
 * lets them out to the server's; who lets them in is the server's owner.
 */
export class ExistingChroma extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(name: string, { existing, functionsSecurityGroupId }: ExistingChromaArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:existing:ExistingChroma", name, {}, options);
    const port = portOf(existing.url);
    if (existing.securityGroupId !== undefined)
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-existing`,
        {
          ...{ ipProtocol: "tcp", fromPort: port, toPort: port, description: "the existing Chroma server" },
          securityGroupId: functionsSecurityGroupId,
          referencedSecurityGroupId: existing.securityGroupId,
        },
        { parent: this },
      );
    this.url = pulumi.output(existing.url.replace(/\/+$/, ""));
    this.registerOutputs({ url: this.url });
  }
}
