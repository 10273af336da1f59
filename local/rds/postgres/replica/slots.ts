import { type AdminAccess, asAdmin } from "../admin";
import { ADMIN } from "../configuration";

/** Where a replica lives, or its source. */
export interface ServerId {
  readonly region: string;
  readonly resourceId: string;
}

const PREFIX = "rds_replica_";
const LONGEST_NAME = 63;

/** https://www.postgresql.org/docs/15/warm-standby.html#STREAMING-REPLICATION-SLOTS-MANIPULATION: lower-case letters, digits and underscores. */
export const slotOf = ({ region, resourceId }: ServerId): string =>
  `${PREFIX}${region}_${resourceId}`
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, "_")
    .slice(0, LONGEST_NAME);

/** Keeps the WAL that the replica has not received. A failover of the source leaves its slots behind, so each connection asks again. */
export const ensureSlot = (access: AdminAccess, slot: string): Promise<void> =>
  asAdmin(access, ADMIN, async ({ row }) => {
    await row(
      `SELECT pg_create_physical_replication_slot($1, true) WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
      [slot],
    );
  });

/** Drops the slots of replicas that are no longer: kept, they would hold back WAL until it is too much. */
export const dropSlotsBut = (access: AdminAccess, kept: readonly string[]): Promise<void> =>
  asAdmin(access, ADMIN, async ({ rows, row }) => {
    const found = await rows(`SELECT slot_name, active_pid FROM pg_replication_slots WHERE starts_with(slot_name, '${PREFIX}')`);
    for (const [slot = "", pid] of found) {
      if (kept.includes(slot)) continue;
      // Its connection was cut, which the server may not have noticed yet.
      if (pid !== null && pid !== undefined) await row("SELECT pg_terminate_backend($1::int, 5000)", [pid]);
      await row("SELECT pg_drop_replication_slot($1)", [slot]);
    }
  });
