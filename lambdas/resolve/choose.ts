import type { Authenticator } from "../../recovery/catalogue/authenticity";
import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { RestoreSettings } from "../../recovery/estimates/chroma";
import type { AutomatedBackups } from "../shared/automated-backups";
import { catalogueOf } from "../shared/catalogue";
import type { ObjectStore } from "../shared/objects";
import type { ReplicaSources } from "../shared/standing-replica";
import type { Refusal } from "./choice";
import { chooseChroma } from "./chroma";
import type { RecoveryRequest } from "./events";
import { chooseObjects } from "./objects";
import { choosePostgres, choosePromotion } from "./postgres";

/** What choosing reads; nothing of it is changed. */
export interface Sources {
  readonly system: string;
  /** Only to tell the protected database's backups from those of another of its name: nothing is asked there. */
  readonly primaryRegion: string;
  /** Its identifier: its automated backups are found by it. */
  readonly databaseInstance: string;
  readonly automatedBackups: AutomatedBackups;
  readonly replica: ReplicaSources;
  readonly vault: ObjectStore;
  readonly authenticator: Authenticator;
  readonly documentsReplica: ObjectStore;
  /** Whether the documents' bucket was there before its protection, so that a job had to bring what it held. */
  readonly hasBackfill: boolean;
  /** What the time of the vectors' restore is estimated by; absent: it is not. */
  readonly chromaRestore?: RestoreSettings;
}

export interface Choices {
  readonly stores: RecoveryPlan["stores"];
  /** The stores that have nothing to recover to. */
  readonly refused: readonly Refusal[];
}

/** What each store that is asked for would be recovered to at this time. */
export const choose = async (sources: Sources, request: RecoveryRequest, now: Date): Promise<Choices> => {
  const { system, vault, authenticator } = sources;
  const time = request.time === undefined ? undefined : new Date(request.time);
  const wanted = new Set(request.stores);
  const postgres = wanted.has("postgres") ? await chooseDatabase(sources, request, { time, now }) : undefined;
  const chroma = wanted.has("chroma")
    ? await chooseChroma(catalogueOf(vault, authenticator), system, time, sources.chromaRestore)
    : undefined;
  const objects = wanted.has("objects") ? await chooseObjects(sources, time) : undefined;
  return {
    stores: { postgres: postgres?.chosen, chroma: chroma?.chosen, objects: objects?.chosen },
    refused: [postgres, chroma, objects].flatMap((choice) => choice?.refusal ?? []),
  };
};

const chooseDatabase = (sources: Sources, request: RecoveryRequest, when: { readonly time?: Date; readonly now: Date }) =>
  request.database === "promotion"
    ? choosePromotion(sources.replica, sources.system, when.now)
    : choosePostgres(sources.automatedBackups, sources, when);
