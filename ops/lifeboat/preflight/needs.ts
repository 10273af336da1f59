import type { Standing } from "../../../recovery/catalogue/standing";
import { LifeboatError } from "../../../recovery/errors";
import type { Settings } from "../settings";
import type { QuotaName } from "./quotas";

/** How much of a quota a recovery takes at most: of a failover, or of a drill beside everything that stands. */
export interface Need {
  readonly quota: QuotaName;
  /** Undefined where nothing says how much. */
  readonly amount: number | undefined;
  readonly why: string;
}

export interface RecoveryFacts {
  readonly standing: Pick<Standing, "postgres" | "functions" | "stores">;
  readonly settings: Pick<Settings, "recoveryCluster" | "chroma">;
  /** Allocated storage of the protected database, as the recovery region's automated backups have it. GiB. */
  readonly databaseGib?: number;
  /** Subnets that a database and a load balancer may stand in. */
  readonly subnets?: number;
}

/** The smallest node has as many processors: https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html */
const NODE_VCPUS = 2;
/** A control plane takes two to four, and a node one at least. https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html */
const CONTROL_PLANE_INTERFACES = 4;
const NODE_INTERFACES = 1;
const GIB_PER_TIB = 1024;

/** What a recovery makes: the steps of infra/stacks/dr.ts, in numbers. */
export const needsOf = (facts: RecoveryFacts): readonly Need[] => [
  ...databaseNeeds(facts),
  ...networkNeeds(facts),
  { quota: "functionConcurrency", amount: Object.keys(facts.standing.functions).length, why: "each standing function once at a time" },
  { quota: "buckets", amount: 1, why: "documents of a drill, or of a time" },
  ...chromaNeeds(facts),
];

const databaseNeeds = ({ standing, databaseGib }: RecoveryFacts): readonly Need[] =>
  standing.postgres === undefined
    ? []
    : [
        { quota: "databases", amount: 1, why: "a restore, which stands beside a replica" },
        { quota: "databaseStorageGib", amount: databaseGib, why: "as much as the protected database" },
        { quota: "replicasOfDatabase", amount: 1, why: "the way back: a replica of the recovered database" },
        { quota: "secrets", amount: 1, why: "the recovered database's" },
      ];

const networkNeeds = ({ standing, settings, subnets }: RecoveryFacts): readonly Need[] => {
  const onDemand = settings.recoveryCluster === "onDemand";
  const database = standing.postgres === undefined ? 0 : standing.postgres.multiAz ? 2 : 1;
  const interfaces = database + NODE_INTERFACES + (onDemand ? CONTROL_PLANE_INTERFACES : 0);
  return [
    { quota: "securityGroups", amount: (database > 0 ? 1 : 0) + (onDemand ? 1 : 0) + 1, why: "database, load balancer, cluster on demand" },
    {
      quota: "networkInterfaces",
      amount: subnets === undefined ? undefined : interfaces + subnets,
      why: "database, node, and Chroma's load balancer in each subnet",
    },
  ];
};

const chromaNeeds = ({ settings: { recoveryCluster, chroma } }: RecoveryFacts): readonly Need[] => [
  {
    quota: "vcpus",
    amount: Math.max(NODE_VCPUS, Math.ceil(quantity(chroma.cpu, "cpu") / NODE_VCPUS) * NODE_VCPUS),
    why: recoveryCluster === "existing" ? "a node for Chroma, where none has room" : "a node for Chroma",
  },
  { quota: "volumesTib", amount: quantity(chroma.storage, "storage") / GIB_PER_TIB, why: "Chroma's volume, where its class is gp3" },
  ...(recoveryCluster === "onDemand" ? [{ quota: "clusters" as const, amount: 1, why: "the cluster on demand" }] : []),
];

const SCALES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  cpu: { "": 1, m: 1 / 1000 },
  storage: { Mi: 1 / 1024, Gi: 1, Ti: 1024 },
};

/** Processors, or GiB. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const quantity = (text: string, of: "cpu" | "storage"): number => {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  const scale = SCALES[of]?.[unit];
  if (digits !== "" && scale !== undefined) return Number(digits) * scale;
  throw new LifeboatError({
    code: "configuration",
    what: `lifeboat:server.${of} of Pulumi.dr.yaml cannot be read`,
    received: text,
    allowed: of === "cpu" ? "1, 1.5 or 500m" : "100Gi, 500Mi or 1Ti",
    hint: "docs/configuration.md lists every value",
  });
};
