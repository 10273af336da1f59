import { parseArn } from "../../instances/names";
import type { AutomatedBackup, Instance, Snapshot } from "../../instances/records";
import type { Context } from "../context";
import { instanceNotFound, snapshotNotFound } from "../errors";

/** An instance of the call's region, by its identifier or its ARN. */
export const instanceNamed = (given: string, { region }: Context): Instance => {
  const arn = parseArn(given);
  const local = arn === undefined || (arn.kind === "db" && arn.region === region.name);
  const instance = local ? region.instances.get((arn?.name ?? given).toLowerCase()) : undefined;
  if (instance === undefined) throw instanceNotFound(given);
  return instance;
};

/** A snapshot of the call's region by its identifier or ARN, or of another region by its ARN. */
export const snapshotNamed = (given: string, context: Context): Snapshot => {
  const arn = parseArn(given);
  const region = arn === undefined || arn.region === context.region.name ? context.region : context.otherRegion(arn.region);
  const snapshot = region.snapshots.get((arn?.name ?? given).toLowerCase());
  if (snapshot === undefined) throw snapshotNotFound(given);
  return snapshot;
};

export const backupsOf = ({ region }: Context): readonly AutomatedBackup[] => [...region.backups.values()];
