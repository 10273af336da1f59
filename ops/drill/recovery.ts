import { z } from "zod";
import { ChromaImportResponse } from "../../lambdas/chroma-import/events";
import { CutOverResponse } from "../../lambdas/cut-over/events";
import { ValidateResponse } from "../../lambdas/validate/events";
import type { LocalStack } from "../../local/stacks";
import { asFound, RecoveryPlan } from "../../recovery/catalogue/plan";
import { DatabaseEndpoint } from "../../recovery/catalogue/standing";
import { PostgresResult } from "../../recovery/postgres/result";

/** What the `dr` stack says after a failover: its steps' own results. */
export const RecoveryOutputs = z.object({
  recoveryId: z.string(),
  plan: RecoveryPlan,
  chroma: ChromaImportResponse,
  postgres: PostgresResult,
  postgresEndpoint: DatabaseEndpoint,
  validation: ValidateResponse,
  chromaUrl: z.string(),
  documentsBucket: z.string(),
  cutOver: CutOverResponse,
});
export type RecoveryOutputs = z.infer<typeof RecoveryOutputs>;

/** `pulumi up` on `dr`, and what it brought back. */
export const recover = async (stack: LocalStack, signal: AbortSignal) => {
  const first = await stack.up({ signal });
  const outputs = RecoveryOutputs.parse(first.outputs);
  return { outputs: { ...outputs, plan: asFound(outputs.plan, outputs.postgres) }, first };
};
