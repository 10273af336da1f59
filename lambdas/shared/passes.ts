import type * as z from "zod";
import { readJson } from "./json";
import { getText, type ObjectStore } from "./objects";

/**
 * The newest object under a prefix of the catalogue whose keys sort newest first; undefined when there is none. One that cannot be read is passed over:
 * a pass over many objects begins anew rather than never again.
 */
export const readNewest = async <T>(store: ObjectStore, prefix: string, schema: z.ZodType<T>): Promise<T | undefined> => {
  for await (const page of store.list(prefix)) {
    for (const { key } of page) {
      const text = await getText(store, key);
      const read = text === undefined ? undefined : readJson(schema, text);
      if (read?.value !== undefined) return read.value;
    }
  }
  return undefined;
};

interface Begun {
  readonly startedAt: string;
}

/** An unfinished pass is given up after this long: what it has seen is then older than what a new one would see. */
const GIVEN_UP_AFTER_MS = 2 * 24 * 60 * 60 * 1000;

/** The unfinished pass that the next call continues: the newest one, unless a pass that began with it or after it has ended. */
export const toContinue = <T extends Begun>(unfinished: T | undefined, finished: Begun | undefined, now: Date): T | undefined => {
  if (unfinished === undefined || now.getTime() - Date.parse(unfinished.startedAt) > GIVEN_UP_AFTER_MS) return undefined;
  return finished === undefined || finished.startedAt < unfinished.startedAt ? unfinished : undefined;
};
