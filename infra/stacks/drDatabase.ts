import * as pulumi from "@pulumi/pulumi";
import { PostgresReadyResponse } from "../../lambdas/postgres-ready/events";
import type { ResolveResponse } from "../../lambdas/resolve/events";
import type { DatabaseEndpoint, Standing } from "../../recovery/catalogue/standing";
import { LifeboatError } from "../../recovery/errors";
import { RecoveredDatabase } from "../components/postgres/recoveredDatabase";
import type { DrConfiguration } from "../config/read";
import { requireDatabase } from "./drCatalogue";
import type { Step } from "./drSteps";

export interface RestoredDatabase {
  /** What was found when it was usable. */
  readonly result: pulumi.Output<PostgresReadyResponse>;
  readonly endpoint: pulumi.Output<DatabaseEndpoint>;
  /** The endpoint, once the database is usable. */
  readonly usable: pulumi.Output<DatabaseEndpoint>;
}

/** The database at the pinned time, waited for until it is usable: what RDS calls available is not yet that. */
export const restoreDatabase = (
  { system, mode }: DrConfiguration,
  standing: Standing,
  plan: pulumi.Output<ResolveResponse>,
  step: Step,
  recovery: pulumi.ComponentResourceOptions,
): RestoredDatabase => {
  const planned = plan.apply(requirePlanned);
  const { endpoint } = new RecoveredDatabase(
    "postgres",
    {
      system,
      mode,
      recoveryId: plan.recoveryId,
      restore: { automatedBackupsArn: planned.automatedBackupsArn, time: planned.asOf },
      standing: requireDatabase(standing),
      keyArn: standing.keyArn,
    },
    recovery,
  );
  const result = step("postgres-ready", PostgresReadyResponse, { recoveryId: plan.recoveryId, endpoint });
  return { endpoint, result, usable: pulumi.all([endpoint, result]).apply(([usable]) => usable) };
};

const requirePlanned = ({ recoveryId, stores }: ResolveResponse): NonNullable<ResolveResponse["stores"]["postgres"]> => {
  if (stores.postgres !== undefined) return stores.postgres;
  throw new LifeboatError({
    code: "no-recovery-point",
    what: `The plan of recovery ${recoveryId} restores no database`,
    received: Object.keys(stores).join(", "),
    allowed: "a plan with postgres",
    hint: "The prod stack that deployed the functions is older than this program: use the release that prod was deployed with",
  });
};
