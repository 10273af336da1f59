import type { Plugin, ResourceHandler } from "../protocol/resource";
import { cloudwatchResources } from "./cloudwatch/index";
import { type Environment, settingsOf } from "./configuration";
import { AwsClients, type AwsContext } from "./context";
import { ec2Resources } from "./ec2/index";
import { eksResources } from "./eks/index";
import { eventsResources } from "./events/index";
import { awsFunctions } from "./functions/index";
import { iamResources } from "./iam/index";
import { kmsResources } from "./kms/index";
import { lambdaResources } from "./lambda/index";
import { logsResources } from "./logs/index";
import { rdsResources } from "./rds/index";
import { s3Resources } from "./s3/index";
import { secretsmanagerResources } from "./secretsmanager/index";
import { sfnResources } from "./sfn/index";
import { snsResources } from "./sns/index";
import { sqsResources } from "./sqs/index";
import { ssmResources } from "./ssm/index";

/** One list a service folder; a new service is one line here. */
const resources: readonly ResourceHandler<AwsContext>[] = [
  ...cloudwatchResources,
  ...ec2Resources,
  ...eksResources,
  ...eventsResources,
  ...iamResources,
  ...kmsResources,
  ...lambdaResources,
  ...logsResources,
  ...rdsResources,
  ...s3Resources,
  ...secretsmanagerResources,
  ...sfnResources,
  ...snsResources,
  ...sqsResources,
  ...ssmResources,
];

/** The embedded `aws` plugin. `environment` is where credentials and endpoints stand that the configuration does not give. */
export const awsPlugin = (environment: Environment): Plugin<AwsContext> => ({
  name: "aws",
  version: "7.48.0",
  configure: (config) => new AwsClients(settingsOf(config, environment)),
  resources,
  functions: awsFunctions,
  source: "local/plugins/aws",
});
