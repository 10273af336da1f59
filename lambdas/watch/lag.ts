import { lagSeconds } from "../../recovery/canary";
import { type CatalogueReader, selectPoint } from "../../recovery/catalogue/select";
import { readCanary } from "../shared/canary";
import type { ObjectStore } from "../shared/objects";
import type { Lag, WatchedStore } from "./events";
import { type PostgresSource, postgresLag } from "./postgres";

export interface LagSources {
  readonly system: string;
  readonly catalogue: CatalogueReader;
  readonly documentsReplica: ObjectStore;
  readonly postgres: PostgresSource;
}

/** How far the recovery region is behind for one store, by what stands in the recovery region alone. */
export const measureLag = (sources: LagSources, store: WatchedStore, now: () => Date): Promise<Lag> => {
  if (store === "postgres") return postgresLag(sources.system, sources.postgres, now);
  return store === "objects" ? objectsLag(sources, now) : chromaLag(sources, now);
};

const objectsLag = async ({ documentsReplica, system }: LagSources, now: () => Date): Promise<Lag> => {
  const canary = await readCanary(documentsReplica, system);
  if (canary.value === undefined) return { store: "objects", reason: canary.problem };
  return { store: "objects", lagSeconds: lagSeconds(canary.value.writtenAt, now()), reason: `canary of ${canary.value.writtenAt}` };
};

/** Only what a restore would use counts: a point that is not sealed and read back protects nobody. */
const chromaLag = async ({ catalogue, system }: LagSources, now: () => Date): Promise<Lag> => {
  const { chosen, passedOver } = await selectPoint(catalogue, system, "chroma");
  if (chosen !== undefined)
    return { store: "chroma", lagSeconds: lagSeconds(chosen.point.asOf, now()), reason: `point ${chosen.point.pointId}` };
  const newest = passedOver[0];
  const reason =
    newest === undefined ? "no point has been sealed" : `no usable point of ${passedOver.length}; ${newest.key}: ${newest.reason}`;
  return { store: "chroma", reason };
};
