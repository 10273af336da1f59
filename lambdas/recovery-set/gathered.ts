import { reasonOf } from "../shared/log";

/** One thing that a set pins, or why it is not in it. */
export type Gathered<T> =
  | { readonly found: NonNullable<T>; readonly problem?: undefined }
  | { readonly found?: undefined; readonly problem: string };

/** A store that cannot be asked is a gap of the set, not its end: the others' states are worth having. */
export const gather = async <T>(ask: () => Promise<Gathered<T>>): Promise<Gathered<T>> => {
  try {
    return await ask();
  } catch (error) {
    return { problem: reasonOf(error) };
  }
};
