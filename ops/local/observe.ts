import { askFacts, type Facts } from "./control";
import type { Home } from "./home";
import { isRunning } from "./identity";
import { type Holder, readHolder } from "./lock";
import { type Ending, readEnding, readState, type State } from "./state";

/** What is going on in a home. */
export type Observation =
  | { readonly is: "absent" }
  /** A command or a background process is on its way: it starts, stops or cleans up. */
  | { readonly is: "busy"; readonly holder: Holder; readonly doing: "starting" | "stopping" }
  | { readonly is: "running"; readonly holder: Holder; readonly state: State; readonly facts: Facts }
  /** The process is there and does not answer. */
  | { readonly is: "silent"; readonly holder: Holder }
  /** It ended by itself and left things behind. Without an ending of its own it was killed. */
  | { readonly is: "ended"; readonly ending: Ending | undefined; readonly pid: number | undefined };

export const observe = async (home: Home): Promise<Observation> => {
  const holder = await readHolder(home.lock);
  if (holder === undefined || !(await isRunning(holder.process))) return leftBehind(home, holder);
  if (holder.control === undefined) return { is: "busy", holder, doing: "stopping" };
  const facts = await askFacts(holder);
  // It may have ended between the two questions.
  if (facts === undefined) return (await isRunning(holder.process)) ? { is: "silent", holder } : leftBehind(home, holder);
  if (facts.phase !== "running") return { is: "busy", holder, doing: facts.phase };
  const state = await readState(home);
  return state?.holderId === holder.id ? { is: "running", holder, state, facts } : { is: "silent", holder };
};

const leftBehind = async (home: Home, holder: Holder | undefined): Promise<Observation> => {
  const [ending, state] = await Promise.all([readEnding(home), readState(home)]);
  if (ending === undefined && state === undefined && holder === undefined) return { is: "absent" };
  return { is: "ended", ending, pid: holder?.process.pid };
};
