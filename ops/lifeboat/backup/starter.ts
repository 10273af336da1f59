import type { Store } from "../../../recovery/store";

/** How a run goes, in a few words for who waits. */
export type RunState =
  | { readonly kind: "running"; readonly detail: string }
  | { readonly kind: "succeeded" }
  | { readonly kind: "failed"; readonly reason: string };

/** A run that was started: it goes on by itself, whether somebody asks or not. */
export interface Run {
  /** What an operator finds it by. */
  readonly name: string;
  state(): Promise<RunState>;
}

/** Starts one export of a store, the way that its schedule does. */
export interface Starter {
  readonly store: Store;
  /** What is started: `state machine acme-chroma-export`. */
  readonly what: string;
  /** Whether a run that changes nothing makes no point: the store is exported only when it changed. */
  readonly onChange: boolean;
  /** Undefined when this system has none of it. @throws whatever keeps one that it has from starting. */
  start(): Promise<Run | undefined>;
}
