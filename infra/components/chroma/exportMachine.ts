import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { exportMachineName } from "../../../recovery/names";
import { policyDocument, servicePrincipalTrust } from "../../iam/policy";
import type { UnattendedFunction } from "../functions/unattendedFunction";
import { type ExportStates, exportStates } from "./exportStates";

export interface ExportMachineArgs extends Omit<ExportStates, "functionArn"> {
  readonly system: string;
  readonly accountId: string;
  readonly exporter: UnattendedFunction;
}

/** Drives Chroma's export through its steps. */
export class ExportMachine extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ExportMachineArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:chroma:ExportMachine", name, {}, options);
    const child = { parent: this };
    const { system, accountId, exporter, ...states } = args;
    const machineName = exportMachineName(system);
    const role = new aws.iam.Role(
      name,
      {
        // Functions' roles have their functions' names.
        name: `${machineName}-states`,
        description: "Step Functions: calls the function that exports Chroma",
        assumeRolePolicy: servicePrincipalTrust("states.amazonaws.com", accountId),
      },
      child,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: exporter.arn.apply((functionArn) =>
          policyDocument([{ actions: ["lambda:InvokeFunction"], resources: [functionArn, `${functionArn}:*`] }]),
        ),
      },
      child,
    );
    const machine = new aws.sfn.StateMachine(
      name,
      {
        name: machineName,
        roleArn: role.arn,
        definition: exporter.arn.apply((functionArn) => exportStates({ ...states, functionArn })),
      },
      { ...child, dependsOn: [policy] },
    );
    this.arn = machine.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
