import { CreateRouteTableCommand, DeleteRouteTableCommand, DescribeRouteTablesCommand } from "@aws-sdk/client-ec2";
import type { ResourceHandler } from "../../protocol/resource";
import { compact, requiredText } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { allTags, regionFromProvider, regionInput, regionOf, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { ec2, ec2Arn, taggedAtCreation, tagging } from "./client";
import { route, routesInput, routesRead } from "./routes";

const gone = "InvalidRouteTableID.NotFound";

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const answer = await unlessGone(ec2(context, state).send(new DescribeRouteTablesCommand({ RouteTableIds: [id] })), gone);
  const found = answer?.RouteTables?.find((table) => table.RouteTableId === id);
  if (found === undefined) return undefined;
  const tags = tagMap(found.Tags);
  const inputs = compact({
    region: regionOf(context, state),
    vpcId: found.VpcId,
    routes: routesRead(found.Routes),
    ...tagsRead(context, tags, state),
  });
  const arn = ec2Arn(context, state, found.OwnerId, "route-table", id);
  return { inputs, outputs: compact({ ...inputs, arn, ownerId: found.OwnerId, tagsAll: tags }) };
};

export const routeTable: ResourceHandler<AwsContext> = {
  type: "aws:ec2/routeTable:RouteTable",
  inputs: { ...regionInput, ...tagsInput, vpcId: { required: true, replaces: true }, routes: routesInput },
  computed: ["arn", "ownerId", "tagsAll"],
  configured: regionFromProvider,

  async create(context, inputs) {
    const client = ec2(context, inputs);
    const created = await client.send(
      new CreateRouteTableCommand({
        VpcId: requiredText(inputs, "vpcId"),
        TagSpecifications: taggedAtCreation("route-table", allTags(context, inputs)),
      }),
    );
    const id = created.RouteTable?.RouteTableId ?? "";
    return finishCreation(read, context, id, inputs, () => route(client, id, {}, inputs));
  },

  read,

  async update(context, id, olds, news) {
    const client = ec2(context, news);
    await route(client, id, olds, news);
    await retag(context, olds, news, tagging(client, id));
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(ec2(context, state).send(new DeleteRouteTableCommand({ RouteTableId: id })), gone);
  },
};
