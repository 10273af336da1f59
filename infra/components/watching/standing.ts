import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LiveEndpoints, Standing as StandingValue } from "../../../recovery/catalogue/standing";
import { parameterNames } from "../../../recovery/names";

export interface StandingParametersArgs {
  readonly system: string;
  readonly standing: pulumi.Input<StandingValue>;
  readonly live: pulumi.Input<LiveEndpoints>;
}

/** What `dr` and applications find everything by, in the recovery region. */
export class StandingParameters extends pulumi.ComponentResource {
  constructor(name: string, args: StandingParametersArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:watching:StandingParameters", name, {}, options);
    const names = parameterNames(args.system);
    new aws.ssm.Parameter(
      `${name}-standing`,
      { name: names.standing, type: "String", value: jsonOf(args.standing), description: "What stands in this region for a recovery" },
      { parent: this },
    );
    new aws.ssm.Parameter(
      `${name}-live`,
      { name: names.live, type: "String", value: jsonOf(args.live), description: "The endpoints that applications use now" },
      // A cut-over changes the value; a later `up` of this stack must not send applications back.
      { parent: this, ignoreChanges: ["value"] },
    );
    this.registerOutputs({});
  }
}

const jsonOf = <T>(value: pulumi.Input<T>): pulumi.Output<string> => pulumi.output(value).apply((known) => JSON.stringify(known));
