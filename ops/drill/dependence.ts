import { type Call, callsToLostRegion } from "../../local/gateway";
import type { EvidenceCheck } from "../../recovery/evidence/evidence";

export interface DependenceQuestion {
  readonly calls: readonly Call[];
  readonly lostRegion: string;
  readonly recoveryRegion: string;
  readonly disasterAt: Date;
  /** The user that deploys `dr`. */
  readonly deployUser: string;
  /** Requests that the lost region's cluster was sent since the disaster. */
  readonly lostClusterRequests: number;
  /** Calls that the log no longer holds: with any, nothing is proven. */
  readonly forgotten: number;
}

export interface Dependence {
  readonly calls: number;
  readonly checks: readonly EvidenceCheck[];
}

/** What recovery asked of the lost region, attempts included: by `dr`'s deployment and by the recovery region's functions. Reads of global services are told apart. */
export const dependenceOnLostRegion = (question: DependenceQuestion): Dependence => {
  const { calls, lostRegion, recoveryRegion, disasterAt } = question;
  const callers = ({ caller }: Call): boolean =>
    caller?.name === question.deployUser || (caller?.kind === "function" && caller.region === recoveryRegion);
  const { regional, globalWrites, globalReads } = callsToLostRegion(calls, lostRegion, { after: disasterAt, callers });
  const attempted = [...regional, ...globalWrites];
  const named = attempted.slice(0, 5).map(({ caller, service, operation }) => `${caller?.name} ${service}:${operation}`);
  const made = calls.filter((call) => call.at >= disasterAt && callers(call)).length;
  return {
    calls: attempted.length + question.lostClusterRequests,
    checks: [
      check(
        "calls to the lost region",
        "0 attempted",
        `${attempted.length} of ${made} calls${named.length === 0 ? "" : `: ${named.join(", ")}`}`,
        attempted.length === 0 && made > 0,
      ),
      check("requests to the lost region's cluster", "0", String(question.lostClusterRequests), question.lostClusterRequests === 0),
      check(
        "the log of calls is whole",
        "0 forgotten",
        `${question.forgotten} forgotten; ${globalReads.length} reads of global services`,
        question.forgotten === 0,
      ),
    ],
  };
};

const check = (name: string, expected: string, actual: string, passed: boolean): EvidenceCheck => ({
  store: "recovery",
  name,
  expected,
  actual,
  passed,
});
