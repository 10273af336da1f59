import type { DeletedCollection } from "../../recovery/chroma/manifest";
import { LifeboatError } from "../../recovery/errors";
import type { ChromaClient, ChromaCollection } from "../chroma/client";
import type { ChromaServer } from "../chroma/server";
import type { Deadline } from "../shared/deadline";
import { getText, type ObjectStore } from "../shared/objects";
import { ExportPlan, type PlannedCollection, planKey, requireCheckpoint } from "./checkpoint";
import { PieceCutter } from "./cutter";
import { type InventorySource, takeInventory } from "./inventory";
import { type ListingSizes, type ListingSource, listIds } from "./listing";
import { ProbeSample } from "./probes";
import { ifStillThere, type Presence } from "./still-there";

/** What planning asks of a server. It never writes. */
export type PlanSource = Pick<ChromaServer, "version"> &
  Omit<InventorySource, "database"> & {
    database(tenant: string, name: string): ListingSource & Presence & Pick<ChromaClient, "collections">;
  };

export interface PlanOptions {
  readonly system: string;
  readonly server: PlanSource;
  readonly tenants: readonly string[];
  readonly staging: ObjectStore;
  readonly pointId: string;
  readonly startedAt: Date;
  /** Records of a piece: what one call of the function reads. */
  readonly pieceRecords: number;
  readonly checkDeadline: Deadline;
  readonly sizes?: ListingSizes;
}

/**
 * An execution of Step Functions holds 25,000 events, and a piece of an inline Map is seven of them without a retry:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MAX_PIECES = 2000;

/**
 * Lists every id of every collection and stores them in pieces, then the plan. Called again it answers the plan that stands; a planning that was cut
 * begins anew and leaves unused id lists. Memory is bounded by a page of ids and a piece's.
 */
export const planExport = async (options: PlanOptions): Promise<ExportPlan> => {
  const { system, server, staging, pointId, startedAt, checkDeadline } = options;
  const standing = await getText(staging, planKey(pointId));
  if (standing !== undefined) return requireCheckpoint(staging, ExportPlan, planKey(pointId));
  const serverVersion = await server.version();
  const inventory = await takeInventory(server, options.tenants);
  const cutter = new PieceCutter(staging, pointId, options.pieceRecords);
  const collections: PlannedCollection[] = [];
  const deletedCollections: DeletedCollection[] = [];
  for (const [looked, collection] of inventory.collections.entries()) {
    checkDeadline(() => `${looked} of ${inventory.collections.length} collections listed`);
    const planned = await planCollection(options, cutter, collections.length, collection);
    if (planned !== undefined) collections.push(planned);
    else deletedCollections.push(deletedBeforeItsIds(collection));
  }
  const pieces = await cutter.finish();
  if (pieces.length > MAX_PIECES) throw tooManyPieces(pieces.length, options.pieceRecords);
  const plan: ExportPlan = {
    schema: "lifeboat/chroma-export-plan/1",
    ...{ system, pointId, startedAt: startedAt.toISOString(), serverVersion },
    databases: [...inventory.databases],
    collections,
    deletedCollections,
    pieces,
  };
  const put = await staging.put(planKey(pointId), JSON.stringify(plan), { contentType: "application/json", ifAbsent: true });
  return put.written ? plan : requireCheckpoint(staging, ExportPlan, planKey(pointId));
};

/** Undefined for a collection that was deleted before all of its ids were listed. */
const planCollection = async (
  { server, sizes }: PlanOptions,
  cutter: PieceCutter,
  number: number,
  collection: ChromaCollection,
): Promise<PlannedCollection | undefined> => {
  const start = cutter.mark();
  let sample = new ProbeSample();
  const source = server.database(collection.tenant, collection.database);
  const sink = {
    begin: () => {
      cutter.backTo(start);
      sample = new ProbeSample();
    },
    add: async (ids: readonly string[]) => {
      sample.add(ids);
      await cutter.add(number, ids);
    },
  };
  const countAtSource = await ifStillThere(source, collection.id, () => listIds(source, collection, sink, sizes));
  if (countAtSource === undefined) {
    cutter.backTo(start);
    return undefined;
  }
  const { id: sourceId, ...description } = collection;
  return { ...description, sourceId, countAtSource, probes: sample.ids() };
};

const deletedBeforeItsIds = ({ tenant, database, name, id: sourceId }: ChromaCollection): DeletedCollection => ({
  ...{ tenant, database, name, sourceId },
  countAtSource: null,
});

const tooManyPieces = (pieces: number, pieceRecords: number): LifeboatError =>
  new LifeboatError({
    code: "unsupported",
    what: "The Chroma server holds more records than one export can be cut into; no manifest was written",
    received: `${pieces} pieces of ${pieceRecords} records`,
    allowed: `${MAX_PIECES} pieces`,
    hint: "Raise lifeboat:chroma.pieceRecords of stack prod, or protect the server by snapshots of its volume (lifeboat:chroma.volumeSnapshots)",
  });
