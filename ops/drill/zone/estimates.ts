import type { EstimatedStep } from "../../../recovery/evidence/evidence";

const AWS_DOCS = "https://docs.aws.amazon.com";
const KUBERNETES_DOCS = "https://kubernetes.io/docs";

/** What the steps of a zone's loss take on AWS, as documented. */
export const zoneEstimates = (): Readonly<Record<string, EstimatedStep>> => ({
  "restore: failover of a Multi-AZ database": {
    seconds: 120,
    source: `${AWS_DOCS}/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.html`,
    note: "documented as typically 60 to 120 s; large transactions or a long recovery take longer",
  },
  "cut over: the endpoint's new address": {
    seconds: null,
    source: `${AWS_DOCS}/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.html`,
    note: "unknown: by the client. RDS changes the record itself; who keeps an address for longer than its life, as a JVM does by default, goes on asking the lost zone",
  },
  "restore: pods of the lost zone": {
    seconds: 300 + 40,
    source: `${KUBERNETES_DOCS}/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions`,
    note: "a node is not ready after about 40 s without a sign of life, and its pods are evicted 300 s later by default; a StatefulSet's pod is not made again before its node is known to be gone",
  },
  "restore: Chroma's volume in the lost zone": {
    seconds: null,
    source: `${AWS_DOCS}/ebs/latest/userguide/ebs-volumes.html`,
    note: "unknown: an EBS volume exists in one zone only. Chroma waits for the zone, or is restored from its newest export",
  },
});
