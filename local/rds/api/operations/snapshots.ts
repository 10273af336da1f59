import { z } from "zod";
import { messageOf } from "../../../../recovery/errors";
import { factsOf } from "../../instances/backups";
import { arnOf, readIdentifier } from "../../instances/names";
import type { Instance, Snapshot } from "../../instances/records";
import { readTags, snapshotEvent } from "../../instances/region";
import { become } from "../../instances/states";
import type { Context, Operation } from "../context";
import { invalidState, RdsError, snapshotExists, snapshotNotFound, unsupported } from "../errors";
import { filtered, filters, only, page, paging, parseInput, tags } from "../inputs";
import { viewSnapshot } from "../views/snapshot";
import { instanceNamed, snapshotNamed } from "./named";

const createInput = z.strictObject({ DBSnapshotIdentifier: z.string(), DBInstanceIdentifier: z.string(), Tags: tags });

export const createDBSnapshot: Operation = (raw, context) => {
  const input = parseInput("CreateDBSnapshot", createInput, raw);
  const identifier = readIdentifier("DBSnapshotIdentifier", input.DBSnapshotIdentifier, 255);
  const instance = instanceNamed(input.DBInstanceIdentifier, context);
  if (instance.status !== "available") {
    throw invalidState(
      `Cannot create a snapshot because the database instance ${instance.identifier} is not currently in the available state.`,
    );
  }
  const snapshot = addSnapshot(identifier, instance, input.Tags, context);
  instance.status = "backing-up";
  // Its failure is on the snapshot's record and among the events.
  const work = async (): Promise<void> => {
    await takeSnapshot(snapshot, context).catch(() => undefined);
    become(instance, "available");
  };
  context.background.queue(instance, work, () => undefined);
  return { DBSnapshot: viewSnapshot(snapshot, context.region) };
};

export const addSnapshot = (identifier: string, instance: Instance, given: z.infer<typeof tags>, context: Context): Snapshot => {
  const { region, account, now } = context;
  if (region.snapshots.has(identifier)) throw snapshotExists(identifier);
  const snapshot: Snapshot = {
    identifier,
    arn: arnOf("snapshot", identifier, { region: region.name, account }),
    region: region.name,
    source: factsOf(instance, context),
    encryption: instance.encryption,
    status: "creating",
    createdAt: now,
    originalCreatedAt: now,
  };
  const inherited = instance.settings.copyTagsToSnapshot ? (region.tags.get(instance.arn) ?? []) : [];
  const own = readTags(given);
  region.snapshots.set(identifier, snapshot);
  region.tags.set(snapshot.arn, new Map([...inherited, ...own]));
  return snapshot;
};

/** Rejects when the engine does, with the snapshot marked as failed. */
export const takeSnapshot = async (snapshot: Snapshot, context: Context): Promise<void> => {
  const { region, engine, clock } = context;
  const event = (category: "creation" | "failure", message: string): void =>
    snapshotEvent(region, snapshot, { category, message, date: clock.now() });
  try {
    const { resourceId } = snapshot.source;
    const { takenAt, sizeBytes } = await engine.takeSnapshot({ region: region.name, resourceId, snapshotId: snapshot.identifier });
    Object.assign(snapshot, { createdAt: takenAt, originalCreatedAt: takenAt, sizeBytes, status: "available" });
    event("creation", "Manual snapshot created");
  } catch (thrown) {
    snapshot.status = "failed";
    event("failure", `The snapshot could not be taken: ${messageOf(thrown)}`);
    throw thrown;
  }
};

const describeInput = z.strictObject({
  ...paging,
  DBInstanceIdentifier: z.string().optional(),
  DBSnapshotIdentifier: z.string().optional(),
  DbiResourceId: z.string().optional(),
  SnapshotType: z.enum(["automated", "manual", "shared", "public", "awsbackup"]).optional(),
  Filters: filters,
  IncludeShared: only(false),
  IncludePublic: only(false),
});

/** Automated snapshots are not listed: the engine keeps base backups in its chains, and DescribeDBInstanceAutomatedBackups shows their window. */
export const describeDBSnapshots: Operation = (raw, context) => {
  const input = parseInput("DescribeDBSnapshots", describeInput, raw);
  const { DBSnapshotIdentifier: id, DBInstanceIdentifier: instance, DbiResourceId: resource, SnapshotType: type = "manual" } = input;
  const named = id === undefined ? [...context.region.snapshots.values()] : [snapshotNamed(id, context)];
  const found = named
    .filter(({ region }) => region === context.region.name && type === "manual")
    .filter(({ source }) => instance === undefined || [source.identifier, source.arn].includes(instance.toLowerCase()))
    .filter(({ source }) => resource === undefined || source.resourceId.toLowerCase() === resource.toLowerCase());
  if (id !== undefined && found.length === 0) throw snapshotNotFound(id);
  const kept = filtered(found, input.Filters, {
    "db-instance-id": ({ source }) => [source.identifier, source.arn],
    "db-snapshot-id": ({ identifier }) => [identifier],
    "dbi-resource-id": ({ source }) => [source.resourceId],
    "snapshot-type": () => ["manual"],
    engine: () => ["postgres"],
  });
  const { items, next } = page(kept, input);
  return { DBSnapshots: items.map((snapshot) => viewSnapshot(snapshot, context.region)), Marker: next };
};

export const deleteDBSnapshot: Operation = async (raw, context) => {
  const { DBSnapshotIdentifier: id } = parseInput("DeleteDBSnapshot", z.strictObject({ DBSnapshotIdentifier: z.string() }), raw);
  const snapshot = snapshotNamed(id, context);
  if (snapshot.region !== context.region.name) throw unsupported("Deleting a snapshot of another region");
  if (snapshot.status !== "available" && snapshot.status !== "failed") {
    throw new RdsError("InvalidDBSnapshotState", `Cannot delete the snapshot ${snapshot.identifier} because it is ${snapshot.status}.`);
  }
  const { status } = snapshot;
  snapshot.status = "deleting";
  try {
    await context.engine.deleteSnapshot(snapshot.region, snapshot.identifier);
  } catch (thrown) {
    snapshot.status = status;
    throw thrown;
  }
  const answer = { ...viewSnapshot(snapshot, context.region), Status: "deleted" };
  context.region.snapshots.delete(snapshot.identifier);
  context.region.tags.delete(snapshot.arn);
  return { DBSnapshot: answer };
};
