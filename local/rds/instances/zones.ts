import { insufficientCapacity, invalidCombination, RdsError } from "../api/errors";
import type { Region, SubnetGroup } from "./region";

/** A group's zones, each once, in the order of its subnets. */
export const zonesOf = ({ subnets }: SubnetGroup): readonly string[] => [
  ...new Set(subnets.map(({ availabilityZone }) => availabilityZone)),
];

export interface Placing {
  readonly asked?: string;
  readonly multiAz: boolean;
}

/** The zone of a new instance: the one that was asked for, or the group's first that has power. @throws RdsError where there is none. */
export const chooseZone = ({ asked, multiAz }: Placing, group: SubnetGroup, region: Region): string => {
  const zones = zonesOf(group);
  if (multiAz && asked !== undefined) {
    throw invalidCombination("Requesting a specific availability zone is not valid for Multi-AZ instances.");
  }
  if (asked !== undefined && !zones.includes(asked)) {
    throw invalidCombination(`The subnet group ${group.name} has no subnet in ${asked}. It has: ${zones.join(", ")}.`);
  }
  const chosen = asked ?? zones.find((zone) => !region.lostZones.has(zone)) ?? zones[0] ?? "";
  if (region.lostZones.has(chosen)) throw insufficientCapacity(chosen);
  if (multiAz) standbyZoneOf(group, chosen, region);
  return chosen;
};

const requireTwoZones = (group: SubnetGroup): void => {
  const zones = zonesOf(group);
  if (zones.length > 1) return;
  throw new RdsError(
    "DBSubnetGroupDoesNotCoverEnoughAZs",
    `DB Subnet Group doesn't meet availability zone coverage requirement. Please add subnets to cover at least 2 availability zones. Current coverage: ${zones.length}`,
  );
};

/** A standby stands in another zone, which must have power: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html */
export const standbyZoneOf = (group: SubnetGroup, primary: string, { lostZones }: Region): string => {
  requireTwoZones(group);
  const others = zonesOf(group).filter((zone) => zone !== primary);
  const zone = others.find((each) => !lostZones.has(each));
  if (zone === undefined) throw insufficientCapacity(others.join(", "));
  return zone;
};
