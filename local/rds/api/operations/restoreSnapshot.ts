import { z } from "zod";
import { readIdentifier } from "../../instances/names";
import { serverSettings } from "../../instances/serverSettings";
import { boot } from "../../instances/transitions";
import type { Operation } from "../context";
import { RdsError } from "../errors";
import { only, parseInput, placement, switchedOff } from "../inputs";
import { viewInstance } from "../views/instance";
import { snapshotNamed } from "./named";
import { addInstance, mustBeFree } from "./newInstance";
import { chooseSettings } from "./placing";

const restoreInput = z.strictObject({
  ...placement,
  ...switchedOff,
  DBInstanceClass: placement.DBInstanceClass.optional(),
  Engine: only("postgres"),
  DBInstanceIdentifier: z.string(),
  DBSnapshotIdentifier: z.string(),
});

export const restoreDBInstanceFromDBSnapshot: Operation = async (raw, context) => {
  const input = parseInput("RestoreDBInstanceFromDBSnapshot", restoreInput, raw);
  const identifier = readIdentifier("DBInstanceIdentifier", input.DBInstanceIdentifier, 63);
  mustBeFree(identifier, context);
  const snapshot = snapshotNamed(input.DBSnapshotIdentifier, context);
  if (snapshot.region !== context.region.name) {
    throw new RdsError("DBSnapshotNotFound", `${snapshot.arn} is of ${snapshot.region}: copy it to ${context.region.name} first.`);
  }
  if (snapshot.status !== "available") {
    throw new RdsError("InvalidDBSnapshotState", `The snapshot ${snapshot.identifier} is not available: it is ${snapshot.status}.`);
  }
  const { source, encryption } = snapshot;
  const settings = await chooseSettings(input, source.settings, context);
  const { engineVersion, masterUsername, databaseName } = source;
  const instance = addInstance(
    { identifier, settings, encryption, engineVersion, masterUsername, databaseName, tags: input.Tags },
    context,
  );
  boot(instance, context, {
    start: () =>
      context.engine.restoreSnapshot({
        ...serverSettings(instance, context),
        snapshot: { region: snapshot.region, snapshotId: snapshot.identifier },
      }),
    category: "restoration",
    done: `Restored from snapshot ${snapshot.identifier}`,
    failed: "incompatible-restore",
  });
  return { DBInstance: viewInstance(instance, context) };
};
