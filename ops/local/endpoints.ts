import { findOnPath } from "../../local/process";
import type { DatabaseEndpoint, LiveEndpoints } from "../../recovery/catalogue/standing";
import { bucketNames } from "../../recovery/names";
import type { Facts } from "./control";
import type { Home } from "./home";
import type { StackName, State } from "./state";

interface Bucket {
  readonly name: string;
  readonly region: string;
  readonly exists: boolean;
}

interface RegionEndpoints {
  readonly aws: string;
  readonly kubernetes: { readonly url: string; readonly context: string };
  /** What applications use, where this region is live; null elsewhere and before prod is deployed. */
  readonly postgres: DatabaseEndpoint | null;
  readonly chroma: string | null;
  /** Every database of the region, replicas and recovered ones included. */
  readonly databases: Facts["regions"][string]["databases"];
}

/** What `env --json` prints: no secret is in it. */
export interface Environment {
  readonly schema: "lifeboat/local-environment/1";
  readonly system: string;
  readonly accountId: string;
  readonly regions: State["regions"];
  /** The region that serves now. */
  readonly liveRegion: string | null;
  readonly endpoints: Readonly<Record<string, RegionEndpoints>>;
  readonly buckets: Readonly<Record<keyof ReturnType<typeof bucketNames>, Bucket>>;
  /** Those that exist besides: states, recovered documents. */
  readonly otherBuckets: readonly string[];
  readonly stacks: Readonly<Record<StackName, { readonly region: string; readonly backendUrl: string; readonly configFile: string }>>;
  readonly credentials: readonly { readonly user: string; readonly accessKeyId: string; readonly for: string }[];
  /** Their secrets, readable by its owner only. */
  readonly credentialsFile: string;
  readonly kubeconfig: string;
  readonly caFile: string;
  readonly tools: Readonly<Record<"pulumi" | "node" | "psql" | "aws", string | null>>;
}

export interface EnvironmentQuestion {
  readonly home: Home;
  readonly state: State;
  readonly facts: Facts;
  readonly live: LiveEndpoints | undefined;
  readonly existingBuckets: readonly string[];
  /** The caller's PATH. */
  readonly path: string;
}

export const environmentOf = (question: EnvironmentQuestion): Environment => {
  const { home, state, live, existingBuckets } = question;
  const { regions, stacks, users } = state;
  const buckets = bucketsOf(state, existingBuckets);
  const known = new Set(Object.values(buckets).map(({ name }) => name));
  const place = ({ region, backendUrl, configFile }: State["stacks"][StackName]) => ({ region, backendUrl, configFile });
  return {
    schema: "lifeboat/local-environment/1",
    system: state.system,
    accountId: state.accountId,
    regions,
    liveRegion: live?.region ?? null,
    endpoints: {
      [regions.primary]: endpointsIn(question, "primary"),
      [regions.recovery]: endpointsIn(question, "recovery"),
    },
    buckets,
    otherBuckets: existingBuckets.filter((name) => !known.has(name)),
    stacks: { prod: place(stacks.prod), dr: place(stacks.dr) },
    credentials: [
      { user: users.prod.name, accessKeyId: users.prod.accessKeyId, for: "stack prod" },
      { user: users.dr.name, accessKeyId: users.dr.accessKeyId, for: "stack dr" },
      { user: users.application.name, accessKeyId: users.application.accessKeyId, for: "the system's application" },
    ],
    credentialsFile: home.credentials,
    kubeconfig: state.kubeconfig,
    caFile: state.caFile,
    tools: toolsOn([...state.path.before, question.path, ...state.path.after].join(":")),
  };
};

const endpointsIn = ({ state, facts, live }: EnvironmentQuestion, side: "primary" | "recovery"): RegionEndpoints => {
  const region = state.regions[side];
  const served = live?.region === region ? live : undefined;
  return {
    aws: state.awsUrl,
    kubernetes: state.clusters[side],
    postgres: served?.postgres ?? null,
    chroma: served?.chromaUrl ?? null,
    databases: facts.regions[region]?.databases ?? [],
  };
};

const bucketsOf = ({ system, accountId, regions }: State, existing: readonly string[]): Environment["buckets"] => {
  const names = bucketNames({ system, accountId, primaryRegion: regions.primary, recoveryRegion: regions.recovery });
  const bucket = (name: string, region: string): Bucket => ({ name, region, exists: existing.includes(name) });
  return {
    documents: bucket(names.documents, regions.primary),
    staging: bucket(names.staging, regions.primary),
    documentsReplica: bucket(names.documentsReplica, regions.recovery),
    documentsVault: bucket(names.documentsVault, regions.recovery),
    vault: bucket(names.vault, regions.recovery),
  };
};

const toolsOn = (path: string): Environment["tools"] => {
  const find = (name: string): string | null => findOnPath(name, path) ?? null;
  return { pulumi: find("pulumi"), node: find("node"), psql: find("psql"), aws: find("aws") };
};
