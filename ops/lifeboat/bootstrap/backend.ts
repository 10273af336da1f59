import {
  backendProblem,
  type Regions,
  type S3Backend,
  STACKS,
  type StackName,
  s3BackendOf,
  secretsProblem,
} from "../../../recovery/backend";
import { messageOf } from "../../../recovery/errors";

export interface BackendPorts {
  /** The region that a bucket really lives in; undefined when there is none. `region` is where to ask. */
  bucketHome(bucket: string, region: string): Promise<string | undefined>;
  stateKeys(bucket: string, region: string, prefix: string): Promise<readonly string[]>;
  /** The URL that the Pulumi CLI is logged in to; undefined when it does not say. */
  loggedIn(): Promise<string | undefined>;
}

export interface BackendArgs {
  readonly project: string;
  readonly regions: Regions;
  readonly stacks: readonly StackName[];
  /** PULUMI_BACKEND_URL, which the CLI prefers to all else. */
  readonly environmentUrl?: string;
  /** `backend.url` of Pulumi.yaml, which it prefers to where it is logged in. */
  readonly projectUrl?: string;
  readonly secretsProviders: Readonly<Partial<Record<StackName, string>>>;
  /** The bucket that is each stack's own. */
  readonly ownBuckets: Readonly<Record<StackName, Required<S3Backend>>>;
  /** The stacks whose own bucket stands. */
  readonly standing: readonly StackName[];
}

export interface BackendReport {
  /** What was looked at, and found in order. */
  readonly notes: readonly string[];
  /** Any of these, and a stack is on the wrong backend. */
  readonly problems: readonly string[];
}

/**
 * Whether each stack's state and secrets key are where they outlive what they must outlive: in the backend that the CLI would use now, in the
 * stacks' files, and in the state buckets themselves. Reads only.
 */
export const checkBackends = async (ports: BackendPorts, args: BackendArgs): Promise<BackendReport> => {
  const chosen = await chosenBackend(ports, args);
  const looks = await Promise.all([
    chosen === undefined ? undefined : lookAtChosen(ports, args, chosen),
    ...args.standing.map((stack) => lookAtOwn(ports, args, stack)),
  ]);
  return together([
    ...(chosen === undefined ? [{ notes: ["no backend is chosen here"], problems: [] }] : []),
    ...looks.flatMap((look) => look ?? []),
    ...args.stacks.map((stack) => lookAtSecrets(args, stack)),
  ]);
};

const together = (reports: readonly BackendReport[]): BackendReport => ({
  notes: reports.flatMap(({ notes }) => notes),
  problems: [...new Set(reports.flatMap(({ problems }) => problems))],
});

interface Chosen {
  readonly url: string;
  readonly source: string;
}

/** In the CLI's own order: https://www.pulumi.com/docs/iac/concepts/state-and-backends/ */
const chosenBackend = async (ports: BackendPorts, { environmentUrl, projectUrl }: BackendArgs): Promise<Chosen | undefined> => {
  if (environmentUrl !== undefined && environmentUrl !== "") return { url: environmentUrl, source: "PULUMI_BACKEND_URL" };
  if (projectUrl !== undefined) return { url: projectUrl, source: "Pulumi.yaml" };
  const url = await ports.loggedIn();
  return url === undefined ? undefined : { url, source: "pulumi login" };
};

const lookAtChosen = async (ports: BackendPorts, args: BackendArgs, { url, source }: Chosen): Promise<BackendReport> => {
  const { notes, problems } = await lookAtUrl(ports, args, url);
  const sourced = (text: string): string => `${source}: ${text}`;
  return { notes: notes.map(sourced), problems: problems.map(sourced) };
};

const wrong = (problem: string): BackendReport => ({ notes: [], problems: [problem] });

/** One stack was asked for: then it would be deployed with what is chosen. Of two, only what lies in it says whose it is. */
const askedFor = ({ stacks: [only, second] }: BackendArgs): StackName | undefined => (second === undefined ? only : undefined);

const lookAtUrl = async (ports: BackendPorts, args: BackendArgs, url: string): Promise<BackendReport> => {
  const { regions, project } = args;
  const backend = s3BackendOf(url);
  if (backend === undefined) {
    const problem = backendProblem({ stack: askedFor(args) ?? "dr", backendUrl: url, regions });
    return problem === undefined ? { notes: ["no S3 backend: it cannot be looked into"], problems: [] } : wrong(problem);
  }
  const home = await ports.bucketHome(backend.bucket, backend.region ?? regions.recovery);
  if (home === undefined) return wrong(`there is no bucket ${backend.bucket}`);
  const held = await stacksIn(ports, project, { bucket: backend.bucket, region: home }).catch(messageOf);
  if (typeof held === "string") return wrong(`the bucket ${backend.bucket} cannot be read: ${held}`);
  const inIt = held.length === 0 ? "no stack" : held.join(" and ");
  return { notes: [`${backend.bucket} in ${home}, with ${inIt}`], problems: problemsOf(args, { ...backend, home, held }) };
};

interface SeenBackend extends S3Backend {
  /** Where the bucket really is. */
  readonly home: string;
  readonly held: readonly StackName[];
}

const problemsOf = (args: BackendArgs, { bucket, region, home, held }: SeenBackend): readonly string[] => {
  const asked = askedFor(args);
  const owner = STACKS.find((stack) => args.ownBuckets[stack].bucket === bucket);
  const meant = asked ?? owner;
  const stacks = new Set([...held, ...(meant === undefined ? [] : [meant])]);
  const backendUrl = `s3://${bucket}?region=${home}`;
  return [
    ...[...stacks].flatMap((stack) => backendProblem({ stack, backendUrl, regions: args.regions }) ?? []),
    ...(owner !== undefined && asked !== undefined && owner !== asked
      ? [`${bucket} is ${owner}'s backend, and ${asked} has one of its own`]
      : []),
    ...(held.length > 1 ? [`${held.join(" and ")} share the bucket ${bucket}: its loss is the loss of both`] : []),
    ...(region !== undefined && region !== home ? [`the URL says ${region}, and the bucket ${bucket} is in ${home}`] : []),
  ];
};

/** A stack in the other's bucket. */
const lookAtOwn = async (ports: BackendPorts, args: BackendArgs, stack: StackName): Promise<BackendReport> => {
  const own = args.ownBuckets[stack];
  const strangers = (await stacksIn(ports, args.project, own)).filter((held) => held !== stack);
  return {
    notes: [],
    problems: strangers.map(
      (stranger) => `the state of ${stranger} lies in ${own.bucket}, which is ${stack}'s: its loss is the loss of both`,
    ),
  };
};

const lookAtSecrets = ({ secretsProviders, regions }: BackendArgs, stack: StackName): BackendReport => {
  const provider = secretsProviders[stack];
  if (provider === undefined) return { notes: [`Pulumi.${stack}.yaml names no secrets provider yet`], problems: [] };
  const problem = secretsProblem(stack, provider, regions);
  return problem === undefined
    ? { notes: [`Pulumi.${stack}.yaml: ${provider}`], problems: [] }
    : { notes: [], problems: [`Pulumi.${stack}.yaml: ${problem}`] };
};

const STATES = ".pulumi/stacks/";

/** Which of the stacks have their state in a bucket: `.pulumi/stacks/<project>/<stack>.json`, without the project in the oldest form, and `.gz` where it is compressed. */
const stacksIn = async (ports: BackendPorts, project: string, { bucket, region }: Required<S3Backend>): Promise<readonly StackName[]> => {
  const keys = await ports.stateKeys(bucket, region, STATES);
  const files = new Set(keys.map((key) => key.slice(STATES.length).replace(/\.gz$/, "")));
  return STACKS.filter((stack) => files.has(`${project}/${stack}.json`) || files.has(`${stack}.json`));
};
