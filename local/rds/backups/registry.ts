import { rm } from "node:fs/promises";
import type { ChainId } from "../engine";
import { type Account, makeOwned } from "../postgres/account";
import type { Layout } from "../postgres/layout";
import { type Chain, openChain } from "./chain";

/** The chains of all regions. */
export interface Registry {
  get(id: ChainId): Chain | undefined;
  /** The existing one, or a new and empty one. */
  open(id: ChainId): Chain;
  all(): readonly Chain[];
  /** Forgets it and removes its directory. */
  remove(chain: Chain): Promise<void>;
  /** Forgets those of a region whose directory is removed as a whole. */
  forget(region: string): void;
}

export const createRegistry = (layout: Layout, account: Account): Registry => {
  const chains = new Map<string, Chain>();
  const key = ({ region, resourceId }: ChainId): string => `${region}/${resourceId}`;
  return {
    get: (id) => chains.get(key(id)),
    open: (id) => {
      const known = chains.get(key(id));
      if (known !== undefined) return known;
      const directory = layout.chain(id.region, id.resourceId);
      const chain = openChain(id, directory);
      for (const each of [chain.walDirectory, chain.basesDirectory, chain.spoolDirectory]) makeOwned(layout.root, each, account);
      chains.set(key(id), chain);
      return chain;
    },
    all: () => [...chains.values()],
    remove: async (chain) => {
      chains.delete(key(chain.id));
      await rm(chain.directory, { recursive: true, force: true });
    },
    forget: (region) => {
      for (const [name, chain] of chains) if (chain.id.region === region) chains.delete(name);
    },
  };
};
