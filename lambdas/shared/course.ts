import { LifeboatError } from "../../recovery/errors";

/** Work that may stop at places that it names, and go on from there in another run. */
export interface Course {
  /** What an earlier run of the same work reached; undefined at the beginning. Whoever reads it checks its form: another release may have written it. */
  readonly from: unknown;
  /** Keeps where the work stands, then throws `interrupted` when the time is over. @param state a JSON value that is not changed afterwards */
  reached(state: unknown, progress: () => string): void;
}

/** Work that is done in one run. */
export const oneRun: Course = { from: undefined, reached: () => {} };

/** Whether this says that the time was over, and nothing else. */
export const isInterrupted = (error: unknown): boolean => error instanceof LifeboatError && error.code === "interrupted";
