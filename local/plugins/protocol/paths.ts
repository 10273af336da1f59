import { isWireObject, type Wire, type WireObject } from "./wire";

/** `tags.owner`, `rules[0].status`, `tags["a.b"]`: the segments of a property path as the engine writes it. */
export const segments = (path: string): readonly string[] =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted?.replace(/\\(.)/g, "$1") ?? index ?? name ?? "",
  );

/** The path of `name` inside `path`, quoted where the engine needs it. */
export const within = (path: string, name: string): string => {
  if (!/^[^.[\]"]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
};

/** True when `path` is `ignored` or lies inside it; `*` stands for any one segment. */
export function covers(ignored: string, path: string): boolean {
  const pattern = segments(ignored);
  const actual = segments(path);
  return pattern.length <= actual.length && pattern.every((segment, at) => segment === "*" || segment === actual[at]);
}

export function valueAt(values: WireObject, path: string): Wire | undefined {
  let current: Wire | undefined = values;
  for (const segment of segments(path)) {
    if (!isWireObject(current)) return undefined;
    current = current[segment];
  }
  return current;
}

/** A copy of `values` with `value` at `path`; objects on the way are made. */
export function withValueAt(values: WireObject, path: string, value: Wire): WireObject {
  const set = (current: Wire | undefined, [name, ...rest]: readonly string[]): Wire => {
    if (name === undefined) return value;
    const object = isWireObject(current) ? current : {};
    return { ...object, [name]: set(object[name], rest) };
  };
  const result = set(values, segments(path));
  return isWireObject(result) ? result : values;
}
