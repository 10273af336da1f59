import type { EmbeddedAws } from "../../../local/embedded-aws";

export interface Disaster {
  readonly at: Date;
  readonly killed: readonly number[];
  readonly deletedDirectories: readonly string[];
}

/** A region is lost: nothing answers there any more, its servers die at once and their disks are gone. */
export const loseRegion = async (aws: EmbeddedAws, region: string, now: () => Date): Promise<Disaster> => {
  const { primary } = aws.pods;
  const processes = primary.processes();
  // Controllers first: a StatefulSet would restart what is killed.
  primary.stopControllers();
  const at = now();
  aws.gateway.outage.cut(region);
  for (const { pid } of processes) process.kill(pid, "SIGKILL");
  const databases = await aws.rds.loseRegion(region);
  for (const { namespace, pod } of processes) await primary.erase({ namespace, pod });
  return {
    at,
    killed: [...processes.map(({ pid }) => pid), ...databases.pids],
    deletedDirectories: [...processes.flatMap(({ dataDirectories }) => dataDirectories), ...databases.directories],
  };
};
