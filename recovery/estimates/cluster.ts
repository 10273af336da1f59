import { formatSeconds } from "../duration";
import type { EstimatedStep } from "../evidence/evidence";
import type { Tier } from "../objectives";

/** Whether the recovery region's cluster runs before it is needed, without a workload, or is made then. */
export type Standby = "warm" | "onDemand";

/** One part of what a cluster adds to the time of a recovery. */
export interface ClusterStep {
  readonly name: string;
  readonly seconds: number;
  /** The page that documents the figure; an assumption where nobody publishes one. */
  readonly source: string;
  readonly note: string;
}

const AWS_DOCS = "https://docs.aws.amazon.com";
const ASSUMPTION = "an assumption of Lifeboat's: AWS publishes no figure";

const MAKING: readonly ClusterStep[] = [
  {
    name: "control plane",
    seconds: 15 * 60,
    source: `${AWS_DOCS}/eks/latest/userguide/automode-get-started-cli.html`,
    note: 'documented as "typically takes about 15 minutes"; a test of 21 regions took 13 to 17, 15 in eu-west-1: https://easontechtalk.com/unofficial-eks-cluster-creation-performance-across-aws-regions',
  },
  {
    name: "access entries, node class and node pool",
    seconds: 60,
    source: ASSUMPTION,
    note: "API calls and the cluster's own reconciliation of them",
  },
];

const STARTING_A_NODE: ClusterStep = {
  name: "first node",
  seconds: 5 * 60,
  source: ASSUMPTION,
  note: "from the first pod that finds no node until one is ready and has pulled the image; a cluster that scales from nothing waits for it either way. A drill on AWS measures it",
};

/** What the recovery region's cluster adds, in order. Network, roles and instance profile stand in both cases and add nothing. */
export const clusterSteps = (standby: Standby): readonly ClusterStep[] =>
  standby === "onDemand" ? [...MAKING, STARTING_A_NODE] : [STARTING_A_NODE];

export const clusterSeconds = (standby: Standby): number => clusterSteps(standby).reduce((sum, { seconds }) => sum + seconds, 0);

/** The same as lines of a drill's evidence. */
export const clusterEstimates = (standby: Standby): Readonly<Record<string, EstimatedStep>> =>
  Object.fromEntries(clusterSteps(standby).map(({ name, ...step }) => [`provision: cluster, ${name}`, step]));

/** A recovery whose time the cluster is part of. */
export interface ClusterRecovery {
  readonly store: string;
  readonly tier: string;
  readonly standby: Standby;
  /** Longest time from the disaster until an alarm tells people. Seconds. */
  readonly alarmSeconds: number;
}

/**
 * One sentence with the numbers when the cluster alone leaves no time for the restore within the tier's RTO; undefined when it leaves some. No
 * store is back before: applications run on the cluster, and a recovery cuts over once every store is validated.
 */
export const clusterFailure = ({ store, tier, standby, alarmSeconds }: ClusterRecovery, { rtoSeconds }: Tier): string | undefined => {
  const parts = [{ name: "alarm", seconds: alarmSeconds }, ...clusterSteps(standby)];
  const known = parts.reduce((sum, { seconds }) => sum + seconds, 0);
  if (known < rtoSeconds) return undefined;
  const sum = parts.map(({ name, seconds }) => `${name} ${formatSeconds(seconds)}`).join(" + ");
  const warm = standby === "onDemand" ? `; a warm cluster adds ${formatSeconds(clusterSeconds("warm"))} after the alarm` : "";
  return `${store}: ${sum} = ${formatSeconds(known)} before anything is restored cannot meet the RTO of tier "${tier}", ${formatSeconds(rtoSeconds)}${warm}`;
};
