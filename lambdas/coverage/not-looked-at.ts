import type { CoverageEvent } from "./events";
import type { CoverageSettings } from "./protected";

/** What a run cannot see, so that nobody takes its silence for an answer. */
export const notLookedAt = (
  { chromaTenants, regions, repositories: configured }: CoverageSettings,
  { collections, repositories }: Pick<CoverageEvent, "collections" | "repositories">,
): readonly string[] => [
  ...(collections === undefined
    ? [
        "collections that were made since the newest export: this function reaches no Chroma server, and takes those of that export for all; the next export takes the newer ones, and an old export counts for nothing",
      ]
    : []),
  `collections of other tenants than ${chromaTenants.join(", ")}: Chroma lists no tenants, so chroma.tenants has to name each of them`,
  ...(repositories === undefined
    ? [
        `repositories other than ${configured.length === 0 ? "none" : `the ${configured.length} of configuration.git.repositories`}: no forge was asked for its list`,
      ]
    : []),
  `databases, volumes and secrets of other regions than ${regions.join(", ")}, and of other accounts`,
  "other kinds of store: tables of DynamoDB, file systems, search domains, queues, SSM parameters, databases inside an instance, namespaces of the cluster",
];
