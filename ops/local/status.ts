import { LifeboatError, messageOf } from "../../recovery/errors";
import type { CommandIo } from "../lifeboat/command";
import { type Home, homeOf } from "./home";
import { type LiveAws, liveAws } from "./live";
import { type Observation, observe } from "./observe";
import type { StatusOptions } from "./options";
import { STACK_NAMES, type StackName, type State } from "./state";
import { endpointLines, type Running, runningSince } from "./summary";

/** What `status --json` prints. */
export interface Status {
  readonly schema: "lifeboat/local-status/1";
  /** `broken`: its process is there, and it does not answer. `ended`: it went by itself. */
  readonly state: "running" | "broken" | "starting" | "stopping" | "ended" | "absent";
  readonly pid: number | null;
  readonly since: string | null;
  /** Why it is not running. */
  readonly reason: string | null;
  readonly log: string;
  readonly aws: string | null;
  readonly regions: Running["facts"]["regions"];
  /** Resources in the stacks' states: 0 before their first `up`. */
  readonly stacks: Readonly<Partial<Record<StackName, { readonly resources: number }>>>;
}

/** Resolves to the exit code: 0 when it runs and answers, else 1. */
export const status = async ({ json }: StatusOptions, io: CommandIo): Promise<number> => {
  const home = homeOf(io.projectDir, io.environment);
  const seen = await observe(home);
  const said = await statusOf(seen, home, liveAws);
  io.out(json ? `${JSON.stringify(said, null, 2)}\n` : `${lines(said, seen).join("\n")}\n`);
  return said.state === "running" ? 0 : 1;
};

export const statusOf = async (seen: Observation, home: Home, aws: (state: State) => LiveAws): Promise<Status> => {
  const nothing = {
    schema: "lifeboat/local-status/1",
    since: null,
    reason: null,
    log: home.log,
    aws: null,
    regions: {},
    stacks: {},
  } as const;
  switch (seen.is) {
    case "absent":
      return { ...nothing, state: "absent", pid: null };
    case "ended":
      return { ...nothing, state: "ended", pid: null, reason: whyEnded(seen) };
    case "busy":
      return { ...nothing, state: seen.doing, pid: seen.holder.process.pid };
    case "silent":
      return { ...nothing, state: "broken", pid: seen.holder.process.pid, reason: "its process is there and does not answer" };
    case "running": {
      const { state, holder, facts } = seen;
      const common = { ...nothing, pid: holder.process.pid, since: state.since, aws: state.awsUrl, regions: facts.regions };
      try {
        return { ...common, state: "running", stacks: await stacksOf(aws(state)) };
      } catch (error) {
        return { ...common, state: "broken", reason: error instanceof LifeboatError ? (error.facts.received ?? "") : messageOf(error) };
      }
    }
  }
};

const stacksOf = async (aws: LiveAws): Promise<Status["stacks"]> =>
  Object.fromEntries(await Promise.all(STACK_NAMES.map(async (name) => [name, { resources: await aws.resources(name) }])));

const whyEnded = ({ ending, pid }: Extract<Observation, { is: "ended" }>): string =>
  ending === undefined
    ? `process ${pid ?? "unknown"} is gone without a word: it was killed, or the machine was restarted`
    : `${ending.reason} (${ending.at})`;

const lines = (said: Status, seen: Observation): readonly string[] => {
  const start = "Start it: npm run local -- up";
  switch (said.state) {
    case "absent":
      return ["No embedded AWS runs.", start];
    case "ended":
      return ["The embedded AWS is not running.", `What happened: ${said.reason}`, `Log: ${said.log}`, start];
    case "starting":
    case "stopping":
      return [`The embedded AWS is ${said.state} (process ${said.pid}).`, `Log: ${said.log}`];
    case "broken":
      return [
        `The embedded AWS does not answer (process ${said.pid}): ${said.reason}`,
        `Log: ${said.log}`,
        "Begin anew: npm run local -- down, then up",
      ];
    case "running":
      return seen.is === "running" ? runningLines(said, seen) : [];
  }
};

const runningLines = (said: Status, seen: Running): readonly string[] => [
  `The embedded AWS runs (${runningSince(seen)}).`,
  ...endpointLines(seen.state),
  ...Object.entries(said.stacks).map(([name, { resources }]) =>
    row(`stack ${name}`, resources === 0 ? "not deployed" : `${resources} resources`),
  ),
  ...Object.entries(said.regions).flatMap(([region, { lost, databases, pods }]) => [
    ...(lost ? [row(region, "cut off")] : []),
    ...databases.map(({ identifier, status: state, host, port }) =>
      row(region, `database ${identifier}: ${state}${host === null ? "" : `, ${host}:${port}`}`),
    ),
    ...pods.map(({ namespace, pod, container }) => row(region, `pod ${namespace}/${pod}: ${container}`)),
  ]),
  row("log", said.log),
];

const row = (head: string, text: string): string => `  ${head.padEnd(11)} ${text}`;
