import { Client } from "pg";
import type { EvidenceCheck } from "../../../recovery/evidence/evidence";
import { databaseNames } from "../../../recovery/names";
import { type DrillContext, told } from "../context";
import { describedDatabase, synchronousStandby } from "../database";
import { until } from "../polling";
import { REGIONS, SYSTEM } from "../profile";
import { loginOf } from "../read-back";
import { check } from "../scenario";
import type { ZoneLoss } from "./lose";

const AGAIN_TIMEOUT_SECONDS = 120;
const HINT = "Read engine.log and the databases' logs in the run's databases folder";

/** Power comes back to the zone: a standby is made there, and commits wait for it before the next zone may be lost. */
export const standbyAgain = async (context: DrillContext, { zone }: ZoneLoss): Promise<readonly EvidenceCheck[]> => {
  const { aws, observers, progress } = context;
  return told(
    progress,
    `Giving ${zone} its power back, and waiting for a standby there`,
    async (step) => {
      await aws.rds.resumeZone(REGIONS.primary, zone);
      aws.pods.primary.resumeZone(zone);
      const look = async () => {
        const { SecondaryAvailabilityZone: described, DBInstanceStatus } = await describedDatabase(observers.primary.rds);
        const found = described === zone && synchronousStandby(aws) === zone ? described : undefined;
        return { found, seen: `${DBInstanceStatus}, standby in ${described ?? "no zone"}` };
      };
      const standby = await until(
        { what: `A synchronous standby in ${zone}`, look, timeoutSeconds: AGAIN_TIMEOUT_SECONDS, hint: HINT },
        context,
        step.update,
      );
      const waitsFor = await waitedFor(context);
      return [
        check("postgres", "standby after the zone's return", `in ${zone}`, `in ${standby}`, true),
        check("postgres", "commits wait for it again", "synchronous_standby_names names one", waitsFor || "none", waitsFor !== ""),
      ];
    },
    () => "commits wait for it",
  );
};

/** By PostgreSQL's own word, which any user may ask for. */
const waitedFor = async (context: DrillContext): Promise<string> => {
  const { rds } = context.observers.primary;
  const { Endpoint } = await describedDatabase(rds);
  const { ca, ...login } = await loginOf(context, context.observers.primary, databaseNames(SYSTEM).secret);
  const client = new Client({ ...login, host: Endpoint?.Address, port: Endpoint?.Port, ssl: { ca, rejectUnauthorized: true } });
  await client.connect();
  try {
    const { rows } = await client.query<{ names: string }>("SELECT current_setting('synchronous_standby_names') AS names");
    return rows[0]?.names ?? "";
  } finally {
    await client.end();
  }
};

/** What protects the database goes on from where it runs now: its own backups, and the replica in the recovery region. */
export const protectedAgain = async (context: DrillContext, servedAt: Date): Promise<readonly EvidenceCheck[]> => {
  const { observers, progress } = context;
  return told(progress, "Waiting until it is protected as before", async (step) => {
    const restorable = await until(
      {
        what: "A restorable time after the failover",
        look: async () => {
          const { LatestRestorableTime: latest } = await describedDatabase(observers.primary.rds);
          const seen = latest?.toISOString() ?? "none";
          return { found: latest !== undefined && latest > servedAt ? seen : undefined, seen };
        },
        timeoutSeconds: AGAIN_TIMEOUT_SECONDS,
        hint: HINT,
      },
      context,
      step.update,
    );
    const replica = await until(
      {
        what: "The replica's streaming",
        look: async () => {
          const { StatusInfos = [] } = await describedDatabase(observers.recovery.rds, databaseNames(SYSTEM).replica);
          const { Status: seen = "nothing", Normal } = StatusInfos.find(({ StatusType }) => StatusType === "read replication") ?? {};
          return { found: seen === "replicating" && Normal !== false ? seen : undefined, seen };
        },
        timeoutSeconds: AGAIN_TIMEOUT_SECONDS,
        hint: HINT,
      },
      context,
      step.update,
    );
    return [
      check("postgres", "backups go on", `restorable to after ${servedAt.toISOString()}`, `to ${restorable}`, true),
      check("postgres", "the other region's replica goes on", "replicating", replica, true),
    ];
  });
};
