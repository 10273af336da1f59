import { contradictions } from "../../recovery/retention/contradictions";
import { policyOf } from "./retention";
import type { ProdValues } from "./schema";

/** What the schema cannot say of how long things are kept: one sentence for each failure. Silent while a value of the policy cannot be read. */
export const retentionFailures = (values: Partial<ProdValues>): readonly string[] => {
  const { vault, retention, staging, documents, postgres, chroma, configuration, lags } = values;
  if (vault === undefined || retention === undefined || staging === undefined || documents === undefined || postgres === undefined)
    return [];
  if (chroma === undefined || configuration === undefined || lags === undefined) return [];
  const exports = [
    chroma.maxDuration,
    postgres.dump === "off" ? 0 : postgres.dump.timeLimit,
    configuration.git === "off" ? 0 : configuration.git.timeLimit,
  ];
  return contradictions(policyOf({ vault, retention, staging, documents, postgres }), {
    exportSeconds: Math.max(...exports),
    replicationSeconds: lags.replication,
    verificationSeconds: lags.verification,
    renewalSeconds: documents.renewals.intervalSeconds,
  });
};
