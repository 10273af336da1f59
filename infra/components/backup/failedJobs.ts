import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { defaultEventBusArn } from "../../iam/arns";
import { policyDocument, servicePrincipalTrust } from "../../iam/policy";
import type { UnattendedFunction } from "../functions/unattendedFunction";

export interface FailedJobsArgs {
  readonly accountId: string;
  readonly recoveryRegion: string;
  /** Is called with each event. */
  readonly target: Pick<UnattendedFunction, "arn" | "functionName">;
  readonly recovery: pulumi.ComponentResourceOptions;
}

/**
 * Jobs that did not end well. AWS does not say in which of its two regions a copy job is told of, so the rule stands in both.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
 */
const PATTERN = JSON.stringify({
  source: ["aws.backup"],
  "detail-type": ["Backup Job State Change", "Copy Job State Change"],
  detail: { state: ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"] },
});

/**
 * Tells a function of the recovery region of jobs of AWS Backup that failed, wherever they ran: an alarm in the primary region would go with it, and its
 * metrics are seen from no other. Events are sent on by EventBridge itself, at best effort: the age of the newest copy is what is certain.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
 */
export class FailedJobs extends pulumi.ComponentResource {
  constructor(name: string, { accountId, recoveryRegion, target, recovery }: FailedJobsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:backup:FailedJobs", name, {}, options);
    const child = { parent: this };
    const there = { ...recovery, parent: this };
    const description = "Jobs of AWS Backup that did not end well";
    const bus = defaultEventBusArn(recoveryRegion, accountId);

    const rule = new aws.cloudwatch.EventRule(`${name}-recovery`, { name, description, eventPattern: PATTERN }, there);
    const permission = new aws.lambda.Permission(
      name,
      { action: "lambda:InvokeFunction", function: target.functionName, principal: "events.amazonaws.com", sourceArn: rule.arn },
      there,
    );
    new aws.cloudwatch.EventTarget(`${name}-recovery`, { rule: rule.name, arn: target.arn }, { ...there, dependsOn: [permission] });

    const role = new aws.iam.Role(
      name,
      {
        name: `${name}-forward`,
        description: "EventBridge: tells the recovery region of failed backup jobs",
        assumeRolePolicy: servicePrincipalTrust("events.amazonaws.com", accountId),
      },
      child,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      { role: role.name, policy: policyDocument([{ actions: ["events:PutEvents"], resources: [bus] }]) },
      child,
    );
    const source = new aws.cloudwatch.EventRule(name, { name, description, eventPattern: PATTERN }, child);
    new aws.cloudwatch.EventTarget(name, { rule: source.name, arn: bus, roleArn: role.arn }, { ...child, dependsOn: [policy] });
    this.registerOutputs({});
  }
}
