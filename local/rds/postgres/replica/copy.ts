import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runBaseBackup } from "../../backups/base-backup";
import { makeOwned, own } from "../account";
import type { AdminAccess } from "../admin";
import type { EngineContext } from "../context";

/** Fills `to` with a copy of a running server that is consistent in itself, read back against its manifest, and follows when it is started. */
export const copySource = async ({ tools, layout }: EngineContext, access: AdminAccess, to: string, signal: AbortSignal): Promise<void> => {
  makeOwned(layout.root, dirname(to), tools.account);
  await runBaseBackup({ tools, access, signal }, to, true);
  const file = join(to, "standby.signal");
  await writeFile(file, "", { mode: 0o600 });
  await own(file, tools.account);
};
