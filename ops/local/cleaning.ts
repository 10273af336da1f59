import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { clearHome, type Home } from "./home";
import { readState, type State } from "./state";

/** Clears the home, and what a background process that was killed has left outside it. Only who holds the lock may. */
export const clearAll = async (home: Home, kept: readonly string[]): Promise<void> => {
  const outside = outsideOf(home, await readState(home));
  await clearHome(home, kept);
  if (outside !== undefined) await rm(outside, { recursive: true, force: true });
};

/**
 * Below /root the databases' user reaches no directory, and their data lies in a temporary one: local/rds/postgres/account.ts. Found by the
 * certificate in it, and by a name that nothing else has.
 */
const outsideOf = (home: Home, state: State | undefined): string | undefined => {
  if (state === undefined || !relative(home.directory, state.caFile).startsWith(`..${sep}`)) return undefined;
  const root = dirname(dirname(state.caFile));
  return root.startsWith(join(tmpdir(), "lifeboat-rds-")) && dirname(root) === tmpdir() ? root : undefined;
};
