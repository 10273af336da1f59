import type { DBSubnetGroup } from "@aws-sdk/client-rds";
import type { SubnetGroup } from "../../instances/region";

export const viewSubnetGroup = (group: SubnetGroup): DBSubnetGroup => ({
  DBSubnetGroupName: group.name,
  DBSubnetGroupDescription: group.description,
  DBSubnetGroupArn: group.arn,
  VpcId: group.vpcId,
  SubnetGroupStatus: "Complete",
  SupportedNetworkTypes: ["IPV4"],
  Subnets: group.subnets.map(({ id, availabilityZone }) => ({
    SubnetIdentifier: id,
    SubnetAvailabilityZone: { Name: availabilityZone },
    SubnetOutpost: {},
    SubnetStatus: "Active",
  })),
});
