import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { LifeboatError } from "../../../recovery/errors";

/** EKS takes no subnets in these. https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html#network-requirements-subnets */
const ZONES_WITHOUT_EKS = ["use1-az3", "usw1-az2", "cac1-az3"];
const MOST_ZONES = 3;
const LEAST_ZONES = 2;

/** The configured zones of a cluster's network, or the first three of its region that EKS can use. */
export const zonesOf = async (configured: readonly string[] | undefined, options: pulumi.InvokeOptions): Promise<readonly string[]> => {
  if (configured !== undefined) return configured;
  const { names } = await aws.getAvailabilityZones(
    {
      state: "available",
      excludeZoneIds: ZONES_WITHOUT_EKS,
      // Local and wavelength zones have to be opted in to, and hold neither EKS nor Multi-AZ databases.
      filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
    },
    options,
  );
  if (names.length >= LEAST_ZONES) return [...names].sort().slice(0, MOST_ZONES);
  throw new LifeboatError({
    code: "configuration",
    what: "The cluster's region has too few availability zones for it",
    received: names.join(", ") || "none",
    allowed: "two at least",
    hint: "Name the zones under `zones` of the cluster, or choose another region",
  });
};
