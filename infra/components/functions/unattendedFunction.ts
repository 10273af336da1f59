import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { functionName } from "../../../recovery/names";
import { type FunctionDefinition, SETTINGS_FILE } from "../../functions/definition";
import { logGroupArn } from "../../iam/arns";
import { lambdaTrust, policyDocument, type Statement } from "../../iam/policy";
import type { FunctionNetwork } from "../network/functionNetwork";

export interface UnattendedFunctionArgs {
  readonly system: string;
  readonly accountId: string;
  readonly region: string;
  readonly definition: FunctionDefinition;
  /** The bundled code: the path of one file. */
  readonly codeFile: string;
  /** What is known only after other resources exist. */
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statements?: pulumi.Input<readonly Statement[]>;
  readonly network?: FunctionNetwork;
}

const LOG_DAYS = 30;

/** One function with a role and a log group of its own. */
export class UnattendedFunction extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: UnattendedFunctionArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:functions:UnattendedFunction", name, {}, options);
    const child = { parent: this };
    const { definition } = args;
    const fullName = functionName(args.system, definition.name);
    const role = new aws.iam.Role(name, { name: fullName, description: definition.description, assumeRolePolicy: lambdaTrust() }, child);
    const logs = new aws.cloudwatch.LogGroup(name, { name: `/aws/lambda/${fullName}`, retentionInDays: LOG_DAYS }, child);
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: pulumi
          .output(args.statements ?? [])
          .apply((further) => policyDocument([...definition.statements, ...further, ...runtimeStatements(args, fullName)])),
      },
      child,
    );
    const lambda = new aws.lambda.Function(
      name,
      {
        name: fullName,
        description: definition.description,
        role: role.arn,
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.FileAsset(args.codeFile), ...settingsAsset(definition) }),
        timeout: definition.timeoutSeconds,
        memorySize: definition.memoryMb,
        environment: {
          variables: {
            LIFEBOAT_SYSTEM: args.system,
            ...definition.environment,
            ...(definition.settings === undefined ? {} : { SETTINGS_FILE }),
            ...args.environment,
          },
        },
        ...(args.network === undefined
          ? {}
          : { vpcConfig: { subnetIds: [...args.network.subnetIds], securityGroupIds: [args.network.securityGroupId] } }),
      },
      // Without its policy and its log group a first run would fail, or make a log group that never expires.
      { ...child, dependsOn: [policy, logs] },
    );
    this.arn = lambda.arn;
    this.functionName = lambda.name;
    this.roleArn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

const settingsAsset = ({ settings }: FunctionDefinition): pulumi.asset.AssetMap =>
  settings === undefined ? {} : { [SETTINGS_FILE]: new pulumi.asset.StringAsset(JSON.stringify(settings)) };

/** What the runtime itself does: logs, and network interfaces where the function stands in a VPC (these actions know no narrower resource). */
const runtimeStatements = ({ region, accountId, network }: UnattendedFunctionArgs, fullName: string): Statement[] => [
  { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [logGroupArn(region, accountId, `/aws/lambda/${fullName}`)] },
  ...(network === undefined
    ? []
    : [
        {
          // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
          actions: [
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
          ],
          resources: ["*"],
        },
      ]),
];
