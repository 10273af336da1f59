import { CHECKPOINTS_PREFIX } from "../../lambdas/chroma-export/checkpoint";
import { EXPORT_KINDS } from "../../recovery/catalogue/kinds";
import { STATE_PREFIX } from "../../recovery/configuration/state";
import { type FunctionName, functionName, jobNames, type Site } from "../../recovery/names";
import type { Store } from "../../recovery/store";
import { GIT_JOB } from "../components/configuration/gitJob";
import { REPORTS_PREFIX } from "../components/existing/protectBucket";
import { DUMP_JOB } from "../components/postgres/dump/databaseDump";
import { roleSessionArns } from "../iam/arns";
import type { Writers } from "../iam/bucketPolicy";

interface Exporters {
  readonly functions: readonly FunctionName[];
  readonly jobs: readonly string[];
  /** What they remember between two calls or runs: who could write it could have half a store exported, or none. */
  readonly memory: readonly string[];
}

/** Who exports each store. The documents are replicated, and not exported. */
const EXPORTERS: Readonly<Record<Store, Exporters | undefined>> = {
  chroma: { functions: ["chroma-export"], jobs: [], memory: [CHECKPOINTS_PREFIX] },
  postgres: { functions: [], jobs: [DUMP_JOB], memory: [] },
  configuration: { functions: ["configuration-export"], jobs: [GIT_JOB], memory: [STATE_PREFIX] },
  objects: undefined,
};

/** The prefixes of staging that are no exports. */
export const PASSING_PREFIXES: readonly string[] = [...Object.values(EXPORTERS).flatMap((each) => each?.memory ?? []), REPORTS_PREFIX];

/**
 * Who alone may write each kind's exports: what arrives in the vault is believed by its manifest, so an export that somebody else makes up would be
 * sealed, proven and offered like any other. A kind that nobody exports may be written by nobody.
 */
export const stagingWriters = ({ system, accountId }: Pick<Site, "system" | "accountId">): readonly Writers[] =>
  EXPORT_KINDS.map(({ store, prefix }) => {
    const { functions = [], jobs = [], memory = [] } = EXPORTERS[store] ?? {};
    const roles = [...functions.map((name) => functionName(system, name)), ...jobs.map((job) => jobNames(system, job).role)];
    return {
      sid: `OnlyExportersOf${store.charAt(0).toUpperCase()}${store.slice(1)}`,
      keys: [prefix, ...memory].map((each) => `${each}*`),
      roleArns: roles.flatMap((role) => roleSessionArns(accountId, role)),
    };
  });
