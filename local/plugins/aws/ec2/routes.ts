import { isDeepStrictEqual } from "node:util";
import { CreateRouteCommand, DeleteRouteCommand, type EC2Client, type Route } from "@aws-sdk/client-ec2";
import type { InputRule, Properties, Value } from "../../protocol/resource";
import { compact, isList, isRecord, text } from "../../protocol/values";

const destinations = ["cidrBlock", "ipv6CidrBlock", "destinationPrefixListId"];
const targets = ["gatewayId", "natGatewayId", "transitGatewayId", "vpcPeeringConnectionId", "networkInterfaceId", "egressOnlyGatewayId"];

export const routesInput: InputRule = {
  fields: Object.fromEntries([...destinations, ...targets].map((name) => [name, {}])),
  compareAs: "set",
  // A program that lists no routes leaves the table's alone.
  chosenByService: true,
};

const routesOf = (properties: Properties): Properties[] => {
  const { routes } = properties;
  return isList(routes) ? routes.filter(isRecord) : [];
};

const destinationOf = (route: Properties) => ({
  DestinationCidrBlock: text(route, "cidrBlock"),
  DestinationIpv6CidrBlock: text(route, "ipv6CidrBlock"),
  DestinationPrefixListId: text(route, "destinationPrefixListId"),
});

/** Removes and adds routes so that a table goes from `olds` to `news`. */
export async function route(client: EC2Client, RouteTableId: string, olds: Properties, news: Properties): Promise<void> {
  if (news.routes === undefined) return;
  const lacks = (routes: readonly Properties[], wanted: Properties) => !routes.some((each) => isDeepStrictEqual(each, wanted));
  for (const old of routesOf(olds)) {
    if (lacks(routesOf(news), old)) await client.send(new DeleteRouteCommand({ RouteTableId, ...destinationOf(old) }));
  }
  for (const added of routesOf(news)) {
    if (!lacks(routesOf(olds), added)) continue;
    await client.send(
      new CreateRouteCommand({
        RouteTableId,
        ...destinationOf(added),
        GatewayId: text(added, "gatewayId"),
        NatGatewayId: text(added, "natGatewayId"),
        TransitGatewayId: text(added, "transitGatewayId"),
        VpcPeeringConnectionId: text(added, "vpcPeeringConnectionId"),
        NetworkInterfaceId: text(added, "networkInterfaceId"),
        EgressOnlyInternetGatewayId: text(added, "egressOnlyGatewayId"),
      }),
    );
  }
}

/** The routes that somebody made: not the table's local one, not those of gateway endpoints, which belong to the endpoint. */
export function routesRead(found: readonly Route[] | undefined): Value {
  const made = (found ?? []).filter((each) => each.GatewayId !== "local" && each.GatewayId?.startsWith("vpce-") !== true);
  return made.map((each) =>
    compact({
      cidrBlock: each.DestinationCidrBlock,
      ipv6CidrBlock: each.DestinationIpv6CidrBlock,
      destinationPrefixListId: each.DestinationPrefixListId,
      gatewayId: each.GatewayId,
      natGatewayId: each.NatGatewayId,
      transitGatewayId: each.TransitGatewayId,
      vpcPeeringConnectionId: each.VpcPeeringConnectionId,
      networkInterfaceId: each.NetworkInterfaceId,
      egressOnlyGatewayId: each.EgressOnlyInternetGatewayId,
    }),
  );
}
