import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Schedule } from "../../config/values";
import { policyDocument, servicePrincipalTrust } from "../../iam/policy";
import type { SecureBucket } from "../storage/secureBucket";
import type { UnattendedFunction } from "./unattendedFunction";

export interface ScheduledArgs {
  readonly schedule: Schedule;
  readonly target: UnattendedFunction;
}

/** Runs a function on a schedule. */
export class Scheduled extends pulumi.ComponentResource {
  constructor(name: string, { schedule, target }: ScheduledArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:functions:Scheduled", name, {}, options);
    const child = { parent: this };
    const rule = new aws.cloudwatch.EventRule(name, { name, scheduleExpression: schedule.expression }, child);
    const permission = new aws.lambda.Permission(
      name,
      { action: "lambda:InvokeFunction", function: target.functionName, principal: "events.amazonaws.com", sourceArn: rule.arn },
      child,
    );
    new aws.cloudwatch.EventTarget(name, { rule: rule.name, arn: target.arn }, { ...child, dependsOn: [permission] });
    this.registerOutputs({ rule: rule.arn });
  }
}

export interface ScheduledMachineArgs {
  readonly accountId: string;
  readonly schedule: Schedule;
  readonly machineArn: pulumi.Input<string>;
}

/** Starts a state machine on a schedule. A function lets its rule in by a policy of its own; a state machine has none, so the rule has a role. */
export class ScheduledMachine extends pulumi.ComponentResource {
  constructor(name: string, { accountId, schedule, machineArn }: ScheduledMachineArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:functions:ScheduledMachine", name, {}, options);
    const child = { parent: this };
    const rule = new aws.cloudwatch.EventRule(name, { name, scheduleExpression: schedule.expression }, child);
    const role = new aws.iam.Role(
      name,
      {
        name: `${name}-start`,
        description: "EventBridge: starts a state machine on its schedule",
        assumeRolePolicy: servicePrincipalTrust("events.amazonaws.com", accountId),
      },
      child,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: pulumi.output(machineArn).apply((arn) => policyDocument([{ actions: ["states:StartExecution"], resources: [arn] }])),
      },
      child,
    );
    new aws.cloudwatch.EventTarget(name, { rule: rule.name, arn: machineArn, roleArn: role.arn }, { ...child, dependsOn: [policy] });
    this.registerOutputs({ rule: rule.arn });
  }
}

export interface ArrivalsArgs {
  readonly accountId: string;
  readonly bucket: SecureBucket;
  readonly targets: readonly { readonly prefix: string; readonly target: UnattendedFunction }[];
}

/** Runs functions when objects arrive in a bucket. AWS overwrites a bucket's notifications whole, so a bucket has one of these. */
export class Arrivals extends pulumi.ComponentResource {
  constructor(name: string, { accountId, bucket, targets }: ArrivalsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:functions:Arrivals", name, {}, options);
    const child = { parent: this };
    const permissions = targets.map(
      ({ target }, index) =>
        new aws.lambda.Permission(
          `${name}-${index}`,
          {
            action: "lambda:InvokeFunction",
            function: target.functionName,
            principal: "s3.amazonaws.com",
            sourceArn: bucket.bucket.arn,
            // A bucket's ARN names no account, and a deleted bucket's name is anybody's.
            sourceAccount: accountId,
          },
          child,
        ),
    );
    new aws.s3.BucketNotification(
      name,
      {
        bucket: bucket.bucket.bucket,
        lambdaFunctions: targets.map(({ prefix, target }) => ({
          lambdaFunctionArn: target.arn,
          events: ["s3:ObjectCreated:*"],
          filterPrefix: prefix,
        })),
      },
      { ...child, dependsOn: permissions },
    );
    this.registerOutputs({});
  }
}
