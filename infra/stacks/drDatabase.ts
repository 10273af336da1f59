import * as pulumi from "@pulumi/pulumi";
import { PostgresReadyResponse } from "../../lambdas/postgres-ready/events";
import type { ResolveEvent, ResolveResponse } from "../../lambdas/resolve/events";
import type { DatabaseEndpoint, Standing } from "../../recovery/catalogue/standing";
import { LifeboatError } from "../../recovery/errors";
import { PromotedDatabase } from "../components/postgres/promotedDatabase";
import { RecoveredDatabase } from "../components/postgres/recoveredDatabase";
import type { DrConfiguration } from "../config/read";
import { requireDatabase } from "./drCatalogue";
import type { Step } from "./drSteps";

export interface RecoveredPostgres {
  /** What was found when it was usable. */
  readonly result: pulumi.Output<PostgresReadyResponse>;
  readonly endpoint: pulumi.Output<DatabaseEndpoint>;
  /** The endpoint, once the database is usable. */
  readonly usable: pulumi.Output<DatabaseEndpoint>;
}

export interface DatabaseRecovery {
  readonly configuration: DrConfiguration;
  readonly standing: Standing;
  readonly plan: pulumi.Output<ResolveResponse>;
  readonly step: Step;
  /** The group of a cluster that this recovery works on, where `prod` could not know it. */
  readonly clusterSecurityGroupId?: pulumi.Output<string>;
}

/** A failover to the newest state promotes the standing replica. Anything else restores beside it: a drill must not touch it, and it has one time only. */
export const databaseMethod = ({ mode, strategy }: DrConfiguration, standing: Standing): ResolveEvent["database"] =>
  mode === "failover" && strategy === "latest" && requireDatabase(standing).replica !== undefined ? "promotion" : "restore";

/** The database as the plan says, waited for until it is usable: what RDS calls available is not yet that. */
export const recoverDatabase = (recovery: DatabaseRecovery, options: pulumi.ComponentResourceOptions): RecoveredPostgres => {
  const { configuration, standing, plan, step } = recovery;
  const { endpoint } =
    databaseMethod(configuration, standing) === "promotion" ? promotedDatabase(recovery, options) : restoredDatabase(recovery, options);
  const result = step("postgres-ready", PostgresReadyResponse, { recoveryId: plan.recoveryId, endpoint });
  return { endpoint, result, usable: pulumi.all([endpoint, result]).apply(([usable]) => usable) };
};

const restoredDatabase = (
  { configuration, standing, plan, clusterSecurityGroupId }: DatabaseRecovery,
  options: pulumi.ComponentResourceOptions,
) => {
  const planned = plan.apply(requireRestore);
  return new RecoveredDatabase(
    "postgres",
    {
      system: configuration.system,
      mode: configuration.mode,
      recoveryId: plan.recoveryId,
      restore: { automatedBackupsArn: planned.automatedBackupsArn, time: planned.asOf },
      standing: requireDatabase(standing),
      ...(clusterSecurityGroupId === undefined ? {} : { clusterSecurityGroupId }),
      keyArn: standing.keyArn,
    },
    options,
  );
};

const promotedDatabase = ({ configuration, standing, plan, step }: DatabaseRecovery, options: pulumi.ComponentResourceOptions) => {
  const database = requireDatabase(standing);
  return new PromotedDatabase(
    "postgres",
    {
      system: configuration.system,
      recoveryId: plan.recoveryId,
      standing: database,
      replica: requireReplica(database),
      keyArn: standing.keyArn,
      promote: (result, event) => step("promote", result, event),
    },
    options,
  );
};

type Planned = NonNullable<ResolveResponse["stores"]["postgres"]>;

const requireRestore = ({ recoveryId, stores: { postgres } }: ResolveResponse): Extract<Planned, { method: "restore" }> => {
  if (postgres?.method === "restore") return postgres;
  throw new LifeboatError({
    code: "no-recovery-point",
    what: `The plan of recovery ${recoveryId} restores no database`,
    received: postgres === undefined ? "a plan without postgres" : `postgres by ${postgres.method}`,
    allowed: "a plan with postgres by restore",
    hint: "The prod stack that deployed the functions is older than this program: use the release that prod was deployed with",
  });
};

const requireReplica = ({ replica }: NonNullable<Standing["postgres"]>): NonNullable<NonNullable<Standing["postgres"]>["replica"]> => {
  if (replica !== undefined) return replica;
  throw new LifeboatError({
    code: "no-recovery-point",
    what: "No replica stands in the recovery region",
    hint: "Set lifeboat:strategy to point-in-time: the database is then restored from its automated backups",
  });
};
