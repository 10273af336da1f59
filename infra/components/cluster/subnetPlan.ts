import { LifeboatError } from "../../../recovery/errors";
import { divide, formatCidr, parseCidr } from "./cidr";

/** The blocks of one availability zone: pods, databases and functions are in the private one; the public one holds a NAT gateway. */
export interface ZonePlan {
  readonly zone: string;
  readonly privateCidr: string;
  readonly publicCidr: string;
}

/** A private block is a quarter of the VPC: Auto Mode gives every node whole /28 blocks. https://docs.aws.amazon.com/eks/latest/userguide/auto-networking.html */
const PRIVATE_BITS = 2;
const PUBLIC_BITS = 4;

/**
 * Blocks for up to three zones: the first three quarters of the VPC are private ones, the last quarter's parts the public ones, and one part stays
 * free. A zone's blocks depend on its place in the list only, so that a third one can be added later without moving the others.
 */
export const planSubnets = (vpcCidr: string, zones: readonly string[]): readonly ZonePlan[] => {
  const vpc = parseCidr(vpcCidr);
  if (vpc === undefined || zones.length > 3)
    throw new LifeboatError({
      code: "configuration",
      what: "The cluster's network cannot be divided",
      received: `${vpcCidr} in ${zones.length} zones`,
      allowed: "a block such as 10.1.0.0/16, in two or three zones",
      hint: "Mend vpcCidr and zones of the cluster",
    });
  const quarters = divide(vpc, vpc.prefix + PRIVATE_BITS);
  const parts = divide(vpc, vpc.prefix + PUBLIC_BITS).slice(-4);
  return zones.flatMap((zone, index) => {
    const [quarter, part] = [quarters[index], parts[index]];
    return quarter === undefined || part === undefined ? [] : [{ zone, privateCidr: formatCidr(quarter), publicCidr: formatCidr(part) }];
  });
};
