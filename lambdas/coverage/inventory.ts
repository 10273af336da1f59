import type { Inventory, Listing, Resource } from "../../recovery/coverage/resource";
import { LifeboatError } from "../../recovery/errors";
import { reasonOf } from "../shared/log";
import { type ListedSecret, secretResource } from "./aws/secrets";
import type { CoverageEvent } from "./events";

/** Lists what exists. Each call may fail by itself: no permission for one kind takes no other kind with it. */
export interface InventorySources {
  readonly regions: readonly string[];
  databases(region: string): Promise<readonly Resource[]>;
  buckets(): Promise<readonly Resource[]>;
  volumes(region: string): Promise<readonly Resource[]>;
  secrets(region: string): Promise<readonly ListedSecret[]>;
  /** By configuration: without a forge's token nobody can list a company's repositories. */
  readonly repositories: readonly string[];
  /** Stores whose restore must fit into their RTO. */
  readonly restoreTimes: readonly string[];
}

export const collectInventory = async (
  sources: InventorySources,
  { collections, repositories }: Pick<CoverageEvent, "collections" | "repositories">,
): Promise<Inventory> => {
  const { regions, restoreTimes } = sources;
  const [database, bucket, volume, secret] = await Promise.all([
    listing(() => inEach(regions, (region) => sources.databases(region))),
    listing(() => sources.buckets()),
    listing(() => inEach(regions, (region) => sources.volumes(region))),
    listing(() => inEach(regions, async (region) => (await sources.secrets(region)).map((one) => secretResource(one, region)))),
  ]);
  return {
    database,
    bucket,
    volume,
    secret,
    repository: repositoryListing(sources.repositories, repositories),
    "restore-time": { found: restoreTimes.map((name) => ({ kind: "restore-time" as const, name, aliases: [] })) },
    ...(collections === undefined ? {} : { collection: collectionListing(collections) }),
  };
};

/** What is configured, and what a forge has besides. */
const repositoryListing = (configured: readonly string[], others: CoverageEvent["repositories"]): Listing => {
  const listed = (names: readonly string[]) => names.map((name) => ({ kind: "repository" as const, name, aliases: [] }));
  if (others === undefined) return { found: listed(configured) };
  return "problem" in others ? { found: listed(configured), problem: others.problem } : { found: listed([...configured, ...others.found]) };
};

const collectionListing = (listed: NonNullable<CoverageEvent["collections"]>): Listing =>
  "problem" in listed ? listed : { found: listed.found.map((name) => ({ kind: "collection" as const, name, aliases: [] })) };

const listing = async (list: () => Promise<readonly Resource[]>): Promise<Listing> => {
  try {
    return { found: await list() };
  } catch (error) {
    return { problem: reasonOf(error) };
  }
};

/** One region that cannot be asked makes the whole kind unknown: what is in it might be what nobody protects. */
const inEach = async (regions: readonly string[], list: (region: string) => Promise<readonly Resource[]>): Promise<readonly Resource[]> =>
  (await Promise.all(regions.map((region) => list(region).catch(inRegion(region))))).flat();

const inRegion =
  (region: string) =>
  (cause: unknown): never => {
    throw new LifeboatError({
      code: "store-unavailable",
      what: `${region} could not be asked`,
      received: reasonOf(cause),
      hint: "See what the function's role may do there, and whether the region answers",
      cause,
    });
  };
