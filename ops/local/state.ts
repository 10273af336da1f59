import { readFile } from "node:fs/promises";
import * as z from "zod";
import { writeWhole } from "../../local/toolchain/files";
import type { Home } from "./home";

export const STACK_NAMES = ["prod", "dr"] as const;
export type StackName = (typeof STACK_NAMES)[number];

const OWNER_ONLY = 0o600;

const User = z.object({ name: z.string(), accessKeyId: z.string(), secretAccessKey: z.string() });
const Cluster = z.object({ url: z.string(), context: z.string() });

const StackPlace = z.object({
  region: z.string(),
  stateBucket: z.string(),
  backendUrl: z.string(),
  /** The run's own copy of the stack's configuration, with its salt and its ports. */
  configFile: z.string(),
  /** What a shell is told for this stack, PATH apart. Holds secrets. */
  variables: z.record(z.string(), z.string()),
});

/** What the background process runs, for the other commands. Holds secrets: readable by its owner only. */
export const State = z.object({
  schema: z.literal("lifeboat/local-state/1"),
  /** Of the holder that wrote it. */
  holderId: z.string(),
  since: z.iso.datetime(),
  system: z.string(),
  accountId: z.string(),
  regions: z.object({ primary: z.string(), recovery: z.string() }),
  awsUrl: z.string(),
  clusters: z.object({ primary: Cluster, recovery: Cluster }),
  kubeconfig: z.string(),
  /** The authority that the databases' certificates are signed by. */
  caFile: z.string(),
  /** Directories of commands: before a person's own, and after them. */
  path: z.object({ before: z.array(z.string()), after: z.array(z.string()) }),
  stacks: z.object({ prod: StackPlace, dr: StackPlace }),
  users: z.object({ prod: User, dr: User, application: User }),
});
export type State = z.infer<typeof State>;

/** Why a background process is no more, in its own words. */
export const Ending = z.object({ schema: z.literal("lifeboat/local-ending/1"), at: z.iso.datetime(), reason: z.string() });
export type Ending = z.infer<typeof Ending>;

export const writeState = async (home: Home, state: State): Promise<void> => {
  await writeWhole(home.credentials, json(state.users), OWNER_ONLY);
  await writeWhole(home.state, json(state), OWNER_ONLY);
};

export const writeEnding = (home: Home, at: Date, reason: string): Promise<void> =>
  writeWhole(home.ending, json({ schema: "lifeboat/local-ending/1", at: at.toISOString(), reason } satisfies Ending), OWNER_ONLY);

/** Undefined when there is none, or when another version of this program wrote it. */
export const readState = (home: Home): Promise<State | undefined> => readAs(State, home.state);

export const readEnding = (home: Home): Promise<Ending | undefined> => readAs(Ending, home.ending);

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const readAs = async <T>(schema: z.ZodType<T>, file: string): Promise<T | undefined> => {
  try {
    return schema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
};
