import { LifeboatError } from "../../../../recovery/errors";
import { type AdminAccess, asAdmin } from "../admin";
import { ADMIN } from "../configuration";

const PROMOTED_WITHIN_SECONDS = 60;

/** Resolves when everything that was received is replayed, recovery has ended and a write is taken. */
export const endRecovery = async (access: AdminAccess, resourceId: string): Promise<void> => {
  const ended = await asAdmin(access, ADMIN, ({ row }) => row(`SELECT pg_promote(true, ${PROMOTED_WITHIN_SECONDS})::text`));
  if (ended?.[0] !== "true") throw notPromoted(resourceId);
  await asAdmin(access, ADMIN, async ({ row, run }) => {
    if ((await row("SELECT pg_is_in_recovery()::text"))?.[0] !== "false") throw notPromoted(resourceId);
    // Rolled back: a commit would be the newest one, where someone asks for what was recovered.
    await run("BEGIN; CREATE TEMPORARY TABLE written (at timestamptz) ON COMMIT DROP; INSERT INTO written VALUES (now()); ROLLBACK");
  });
};

const notPromoted = (resourceId: string): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `The replica did not end its recovery within ${PROMOTED_WITHIN_SECONDS} s`,
    received: resourceId,
    hint: "It replays what it had received, which its log shows; promote it again",
  });

export const noReplica = (resourceId: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "Only a read replica is promoted",
    received: resourceId,
    allowed: "a database that follows a source",
    hint: "It takes writes already, or was promoted before: use it as it is",
  });

export const readOnly = (doing: string, resourceId: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: `A read replica cannot ${doing}: it is read-only`,
    received: resourceId,
    hint: "Do it on the source, whose changes arrive here, or promote the replica first",
  });
