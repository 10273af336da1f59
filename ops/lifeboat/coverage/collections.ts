import { chromaServer } from "../../../lambdas/chroma/server";
import type { CoverageEvent } from "../../../lambdas/coverage/events";
import { messageOf } from "../../../recovery/errors";

/** Long enough for a server that is there; a network that lets nobody in answers nothing at all. */
const REACHED_WITHIN_MS = 10_000;

export type ListedCollections = NonNullable<CoverageEvent["collections"]>;

/** Every collection of these tenants as `tenant/database/name`, or why nobody knows. */
export const listCollections = async (
  url: string,
  tenants: readonly string[],
  listing: (tenant: string, fraction: number) => void = () => undefined,
): Promise<ListedCollections> => {
  try {
    // Asked once before all that is repeated: who cannot reach it should not wait for a restart.
    await fetch(`${url.replace(/\/+$/, "")}/api/v2/heartbeat`, { signal: AbortSignal.timeout(REACHED_WITHIN_MS) });
    return { found: await collectionsOf(url, tenants, listing) };
  } catch (error) {
    return { problem: `${url}: ${messageOf(error)}; from where it is not reached: --without-collections` };
  }
};

const collectionsOf = async (
  url: string,
  tenants: readonly string[],
  listing: (tenant: string, fraction: number) => void,
): Promise<string[]> => {
  const server = chromaServer({ url });
  const found: string[] = [];
  for (const [index, tenant] of tenants.entries()) {
    listing(tenant, index / tenants.length);
    for (const database of await server.databases(tenant))
      for (const { name } of await server.database(tenant, database).collections()) found.push(`${tenant}/${database}/${name}`);
  }
  return found;
};
