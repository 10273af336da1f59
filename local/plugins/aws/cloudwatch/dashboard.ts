import { CloudWatchClient, DeleteDashboardsCommand, GetDashboardCommand, PutDashboardCommand } from "@aws-sdk/client-cloudwatch";
import { LifeboatError } from "../../../../recovery/errors";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText } from "../../protocol/values";
import { asWritten, finishCreation, outputsOf } from "../answers";
import { regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";

const clientOf = (context: AwsContext, properties: Properties) => context.client(CloudWatchClient, regionOf(context, properties));
const gone = ["ResourceNotFound", "DashboardNotFoundError", "ResourceNotFoundException"];

async function put(context: AwsContext, inputs: Properties): Promise<void> {
  const DashboardName = requiredText(inputs, "dashboardName");
  const answer = await clientOf(context, inputs).send(
    new PutDashboardCommand({ DashboardName, DashboardBody: requiredText(inputs, "dashboardBody") }),
  );
  const messages = answer.DashboardValidationMessages ?? [];
  if (messages.length === 0) return;
  throw new LifeboatError({
    code: "configuration",
    what: `CloudWatch found faults in the dashboard ${DashboardName}`,
    received: messages.map(({ DataPath, Message }) => `${DataPath}: ${Message}`).join("; "),
    hint: "Correct its body: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html",
  });
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const found = await unlessGone(clientOf(context, state).send(new GetDashboardCommand({ DashboardName: id })), ...gone);
  if (found === undefined) return undefined;
  const inputs = compact({
    region: regionOf(context, state),
    dashboardName: found.DashboardName ?? id,
    dashboardBody: asWritten(state, "dashboardBody", found.DashboardBody),
  });
  return { inputs, outputs: compact({ ...inputs, dashboardArn: found.DashboardArn }) };
};

export const dashboard: ResourceHandler<AwsContext> = {
  type: "aws:cloudwatch/dashboard:Dashboard",
  inputs: {
    ...regionInput,
    dashboardName: { required: true, replaces: true },
    dashboardBody: { required: true, compareAs: "json" },
  },
  computed: ["dashboardArn"],
  configured: regionFromProvider,
  async create(context, inputs) {
    await put(context, inputs);
    return finishCreation(read, context, requiredText(inputs, "dashboardName"), inputs);
  },
  read,
  async update(context, id, _olds, news) {
    await put(context, news);
    return outputsOf(read, context, id, news);
  },
  async delete(context, id, state) {
    await unlessGone(clientOf(context, state).send(new DeleteDashboardsCommand({ DashboardNames: [id] })), ...gone);
  },
};
