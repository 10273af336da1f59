import { type DrillContext, told } from "../context";
import { describedDatabase } from "../database";
import { REGIONS } from "../profile";
import type { Protected } from "../scenario";

export interface ZoneLoss {
  readonly at: Date;
  readonly zone: string;
  readonly database: { readonly host: string; readonly port: number; readonly pids: readonly number[] };
  readonly pods: readonly { readonly namespace: string; readonly pod: string; readonly pid: number }[];
  /** Everything was dead: what is acknowledged to a write that is sent after it comes from who took over. */
  readonly overAt: Date;
  /** By then the application had ended what the disaster had met it at. */
  readonly leftAt: Date;
}

/** The zone of the primary database has no power any more: its database server and its pods are killed while the application writes. */
export const loseZone = async ({ aws, observers, progress, now }: DrillContext, { company }: Protected): Promise<ZoneLoss> => {
  const { AvailabilityZone: zone = "", Endpoint } = await describedDatabase(observers.primary.rds);
  return told(
    progress,
    `Losing ${zone}`,
    async () => {
      const at = now();
      const left = company.workload.leaveWritten();
      const pods = aws.pods.primary.loseZone(zone);
      const pids = await aws.rds.loseZone(REGIONS.primary, zone);
      const overAt = now();
      const leftAt = await left;
      return { at, zone, database: { host: Endpoint?.Address ?? "", port: Endpoint?.Port ?? 0, pids }, pods, overAt, leftAt };
    },
    ({ pods, database }) => `${database.pids.length} database servers and ${pods.length} pods killed`,
  );
};
