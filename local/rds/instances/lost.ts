import type { DatabaseEngine } from "../engine";
import type { Region } from "./region";

export interface LostRegion {
  /** Servers that were killed with SIGKILL. */
  readonly pids: readonly number[];
  /** Data directories, archives, base backups and snapshots that were deleted. */
  readonly directories: readonly string[];
}

/**
 * What a disaster does: every server is killed, and every byte that the region kept is gone. The instances stay on record as `failed`, the state
 * that RDS gives to what it cannot recover.
 */
export const loseRegion = async (region: Region, engine: DatabaseEngine): Promise<LostRegion> => {
  for (const instance of region.instances.values()) {
    instance.status = "failed";
    instance.lost = true;
    instance.server = undefined;
  }
  const servers = engine.servers(region.name);
  const pids = servers.map(({ pid }) => pid);
  const dataDirectories = servers.map(({ dataDirectory }) => dataDirectory);
  await Promise.all(servers.map((server) => server.kill()));
  await Promise.all(servers.map((server) => server.erase()));
  const erased = await engine.eraseRegion(region.name);
  for (const { arn } of [...region.snapshots.values(), ...region.backups.values()]) region.tags.delete(arn);
  region.snapshots.clear();
  region.backups.clear();
  return { pids, directories: [...dataDirectories, ...erased] };
};
