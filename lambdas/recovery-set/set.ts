import { type Signer, sign } from "../../recovery/catalogue/authenticity";
import { type RecoverySet, type SetStores, setKey, timesOf } from "../../recovery/catalogue/set";
import { METRICS } from "../../recovery/names";
import { newestCanary } from "../shared/canary";
import { type Log, reasonOf } from "../shared/log";
import type { Metrics } from "../shared/metrics";
import type { ObjectLock, ObjectStore } from "../shared/objects";
import { putOnce } from "../shared/put-once";
import type { RecoverySetResponse } from "./events";
import { type Gathered, gather } from "./gathered";
import { chromaNow, configurationNow, dumpNow, type PointSource } from "./points";
import { type DatabaseSource, replicaNow, restorableNow } from "./postgres";

export interface SetTools extends PointSource {
  readonly documentsReplica: ObjectStore;
  readonly postgres: DatabaseSource;
  /** What this system protects: a store that it does not is no gap of its sets. */
  readonly expects: { readonly chroma: boolean; readonly dumps: boolean; readonly configuration: boolean };
  readonly signer: Signer;
  readonly lock: (from: Date) => ObjectLock;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
  /** Four random hex digits: two sets of one second differ by them. */
  readonly random: string;
}

type Missing = RecoverySet["missing"];
type WrittenSet = Omit<RecoverySetResponse, "forged" | "damage">;

/** Looks at every store at once and writes down what stands. Never fails for a store: what is missing is named in the set, and counted for the alarm. */
export const writeSet = async (tools: SetTools): Promise<WrittenSet> => {
  const { system, vault, signer, lock, log, metrics } = tools;
  const takenAt = tools.now();
  const { stores, missing } = await gatherStores(tools, takenAt);
  const setId = `set-${takenAt.toISOString().replace(/[-:]|\.\d+/g, "")}-${tools.random}`;
  const set: RecoverySet = {
    schema: "lifeboat/recovery-set/1",
    ...{ system, setId, takenAt: takenAt.toISOString(), stores },
    ...timesOf(stores),
    missing: [...missing],
  };
  const key = setKey(set.takenAt, setId);
  await putOnce(vault, key, await sign(signer, key, set), { contentType: "application/json", lock: lock(takenAt) });
  for (const { store, reason } of missing) log.warn("a store is not in the set", { setId, store, reason });
  await metrics.publish([{ name: METRICS.missingFromSet, unit: "Count", value: missing.length, at: takenAt, system }]);
  log.info("set", { setId, key, skewSeconds: set.skewSeconds });
  return { key, setId, skewSeconds: set.skewSeconds, missing: missing.map(({ store, reason }) => `${store}: ${reason}`) };
};

const gatherStores = async (tools: SetTools, now: Date): Promise<{ readonly stores: SetStores; readonly missing: Missing }> => {
  const { system, expects, postgres } = tools;
  const [restorable, replica, dump, chroma, objects, configuration] = await Promise.all([
    gather(() => restorableNow(postgres, now)),
    replicaState(system, postgres.replica, now),
    expects.dumps ? gather(() => dumpNow(tools)) : undefined,
    expects.chroma ? gather(() => chromaNow(tools)) : undefined,
    gather(() => objectsNow(tools)),
    expects.configuration ? configurationNow(tools).catch((error: unknown) => ({ found: [], problems: [reasonOf(error)] })) : undefined,
  ]);
  const database = { restorable: restorable.found, replica: replica?.found, dump: dump?.found };
  return {
    stores: {
      ...(Object.values(database).some((state) => state !== undefined) ? { postgres: database } : {}),
      ...(objects.found === undefined ? {} : { objects: objects.found }),
      ...(chroma?.found === undefined ? {} : { chroma: chroma.found }),
      ...(configuration === undefined ? {} : { configuration: [...configuration.found] }),
    },
    missing: [
      ...[restorable, replica, dump].flatMap((state) => problemOf("postgres", state)),
      ...problemOf("chroma", chroma),
      ...problemOf("objects", objects),
      ...(configuration?.problems ?? []).map((reason) => ({ store: "configuration" as const, reason })),
    ],
  };
};

const replicaState = (system: string, sources: DatabaseSource["replica"], now: Date) =>
  sources === undefined ? undefined : gather(() => replicaNow(system, sources, now));

const problemOf = (store: Missing[number]["store"], state: Gathered<unknown> | undefined): Missing =>
  state?.problem === undefined ? [] : [{ store, reason: state.problem }];

const objectsNow = async ({ documentsReplica, system }: SetTools): Promise<Gathered<SetStores["objects"]>> => {
  const canary = await newestCanary(documentsReplica, system);
  if (canary.value === undefined) return { problem: canary.problem };
  const { writtenAt, arrivedAt, versionId } = canary.value;
  return { found: { bucket: documentsReplica.bucket, asOf: writtenAt, arrivedAt: arrivedAt.toISOString(), canaryVersionId: versionId } };
};
