import { LifeboatError } from "../errors";
import type { Store } from "../store";

/**
 * A series of recovery points: of the same content, the newest one replaces the others. `chroma` and `postgres` have one; `configuration` has one
 * for each of its subjects (`configuration/repositories/shop`, `configuration/secrets`), because each of them changes at times of its own.
 */
export type Series = string;

const SERIES = /^(chroma|postgres|configuration)(\/[a-z0-9][a-z0-9._-]{0,62}){0,2}$/;

/** A series as keys name it. Throws what a key must not be made of. */
export const seriesOf = (store: Store, ...subject: readonly string[]): Series => {
  const series = [store, ...subject].join("/");
  if (SERIES.test(series)) return series;
  throw new LifeboatError({
    code: "configuration",
    what: "A series of recovery points cannot have this name",
    received: `"${series}"`,
    allowed: "chroma, postgres or configuration, then at most two names of lower-case letters, digits, dots, hyphens and underscores",
    hint: "Give the repository or the subject such a name in the configuration",
  });
};

export const isSeries = (text: string): boolean => SERIES.test(text);

export const storeOf = (series: Series): Store => series.split("/")[0] as Store;
