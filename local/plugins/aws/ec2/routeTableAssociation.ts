import {
  AssociateRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteTableAssociationCommand,
  type RouteTableAssociation,
} from "@aws-sdk/client-ec2";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText, text } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { ec2 } from "./client";

const gone = ["InvalidAssociationID.NotFound", "InvalidRouteTableID.NotFound"];

/** Moving a subnet to another table gives the association a new id, so it is found by its subnet, which has one association at most. */
async function find(context: AwsContext, id: string, state: Properties): Promise<RouteTableAssociation | undefined> {
  const subnet = text(state, "subnetId");
  const filter =
    subnet === undefined
      ? { Name: "association.route-table-association-id", Values: [id] }
      : { Name: "association.subnet-id", Values: [subnet] };
  const answer = await ec2(context, state).send(new DescribeRouteTablesCommand({ Filters: [filter] }));
  return answer.RouteTables?.flatMap((table) => table.Associations ?? []).find((association) =>
    subnet === undefined ? association.RouteTableAssociationId === id : association.SubnetId === subnet,
  );
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const found = await find(context, id, state);
  if (found === undefined) return undefined;
  const inputs = compact({ region: regionOf(context, state), subnetId: found.SubnetId, routeTableId: found.RouteTableId });
  return { inputs, outputs: inputs };
};

export const routeTableAssociation: ResourceHandler<AwsContext> = {
  type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  inputs: { ...regionInput, subnetId: { required: true, replaces: true }, routeTableId: { required: true } },
  computed: [],
  configured: regionFromProvider,

  async create(context, inputs) {
    const created = await ec2(context, inputs).send(
      new AssociateRouteTableCommand({ SubnetId: requiredText(inputs, "subnetId"), RouteTableId: requiredText(inputs, "routeTableId") }),
    );
    return finishCreation(read, context, created.AssociationId ?? "", inputs);
  },

  read,

  async update(context, id, olds, news) {
    const AssociationId = (await find(context, id, olds))?.RouteTableAssociationId ?? id;
    const request = new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId: requiredText(news, "routeTableId") });
    await ec2(context, news).send(request);
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    const found = await find(context, id, state);
    if (found === undefined) return;
    const request = new DisassociateRouteTableCommand({ AssociationId: found.RouteTableAssociationId ?? id });
    await unlessGone(ec2(context, state).send(request), ...gone);
  },
};
