import { type Difference, differences } from "./differences";
import { isAutoNamed } from "./naming";
import { covers, segments, valueAt } from "./paths";
import type { ResourceHandler } from "./resource";
import { isUnknown, type WireObject } from "./wire";

export interface Plan {
  readonly differences: readonly Difference[];
  /** Top-level properties whose change means a new resource; empty: an update. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** What the engine has to do to get from `olds` to `news`. */
export function planOf<C>(handler: ResourceHandler<C>, olds: WireObject, news: WireObject, ignoreChanges: readonly string[]): Plan {
  const all = differences(handler.inputs, olds, news).filter(({ path }) => !ignoreChanges.some((ignored) => covers(ignored, path)));
  const found = handler.update === undefined ? all.map((difference) => ({ ...difference, replaces: true })) : all;
  const replaces = [...new Set(found.filter((difference) => difference.replaces).map(({ path }) => segments(path)[0] ?? path))];
  return { differences: found, replaces, deleteBeforeReplace: replaces.length > 0 && collides(handler, olds, news) };
}

/** A made-up name is made up again for the replacement; with a given name that stays, both cannot exist at once. */
function collides<C>(handler: ResourceHandler<C>, olds: WireObject, news: WireObject): boolean {
  const identity = handler.identity ?? (handler.autoName === undefined ? [] : [handler.autoName.property]);
  if (identity.length === 0 || (handler.autoName !== undefined && isAutoNamed(news, handler.autoName))) return false;
  return identity.every((path) => {
    const after = valueAt(news, path);
    return !isUnknown(after) && JSON.stringify(after) === JSON.stringify(valueAt(olds, path));
  });
}
