import { LifeboatError } from "../../../recovery/errors";
import type { BackupChain, ChainId } from "../engine";
import type { EngineContext } from "../postgres/context";
import type { Chain } from "./chain";
import { type Replication, startReplication } from "./replication";

/** Which chains are copied where. */
export interface Replications {
  start(source: ChainId, toRegion: string, lagSeconds: number): ChainId;
  stop(replica: ChainId): void;
  stateOf(chain: Chain): Pick<BackupChain, "replicaOf" | "replicating">;
  /** Ends those from and to a chain; resolves when nothing is written any more. */
  end(chain: Chain): Promise<void>;
  endOf(region: string): Promise<void>;
  endAll(): Promise<void>;
}

export const createReplications = ({ chains, tools, now, report }: EngineContext, isCut: (region: string) => boolean): Replications => {
  /** By replica. Ended ones stay: a replica remembers what it is one of. */
  const replications = new Map<Chain, Replication>();

  const endWhere = async (wanted: (replication: Replication) => boolean): Promise<void> => {
    await Promise.all([...replications.values()].filter(wanted).map((each) => each.stop()));
  };

  return {
    start: (id, toRegion, lagSeconds) => {
      const source = chains.get(id);
      if (source === undefined || id.region === toRegion) throw refused(id, toRegion, source);
      const replica = chains.open({ region: toRegion, resourceId: id.resourceId });
      const known = replications.get(replica);
      if (known !== undefined && !known.stopped) return replica.id;
      replications.set(replica, startReplication({ tools, source, replica, lagSeconds, now, isCut, report }));
      return replica.id;
    },
    stop: (id) => {
      const replica = chains.get(id);
      if (replica !== undefined) void replications.get(replica)?.stop();
    },
    stateOf: (chain) => {
      const replication = replications.get(chain);
      if (replication === undefined) return { replicating: false };
      const { source, stopped } = replication;
      const sourceIsThere = chains.get(source.id) === source;
      return { replicaOf: source.id, replicating: !stopped && sourceIsThere && !isCut(source.id.region) && !isCut(chain.id.region) };
    },
    end: async (chain) => {
      await endWhere(({ source, replica }) => source === chain || replica === chain);
      replications.delete(chain);
    },
    endOf: (region) => endWhere(({ source, replica }) => source.id.region === region || replica.id.region === region),
    endAll: () => endWhere(() => true),
  };
};

const refused = ({ region, resourceId }: ChainId, toRegion: string, source: Chain | undefined): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: source === undefined ? "There are no automated backups to replicate" : "Automated backups are not replicated to their own region",
    received: `${resourceId} from ${region} to ${toRegion}`,
    hint: source === undefined ? "Enable backups first: a retention of a day at least" : "Name another region",
  });
