import { segments, valueAt, withValueAt } from "./paths";
import type { AutoName } from "./resource";
import { isUnknown, type WireObject } from "./wire";

/** What the engine says about names: its seed, and the stack's `pulumi:autonaming` setting. */
export interface NameSource {
  readonly logicalName: string;
  /** At least four bytes, other ones for each resource. */
  readonly seed: Uint8Array;
  readonly proposed?: string;
  readonly mode?: "propose" | "enforce" | "disable";
}

/** Where the inputs keep the paths of made-up names, as the official plugins do: a name in this list may be made up again when the resource is replaced. */
const defaultsKey = "__defaults";

export const isAutoNamed = (inputs: WireObject, autoName: AutoName): boolean => {
  const names = inputs[defaultsKey];
  return Array.isArray(names) && names.includes(autoName.property);
};

const randomDigits = 7;

function fresh(autoName: AutoName, source: NameSource): string {
  if (source.proposed !== undefined && source.proposed !== "") return source.proposed;
  const suffix = `-${Buffer.from(source.seed).toString("hex").slice(0, randomDigits)}${autoName.suffix ?? ""}`;
  const prefix = autoName.prefix ?? "";
  const name = `${prefix}${source.logicalName.slice(0, autoName.maxLength - prefix.length - suffix.length)}${suffix}`;
  return autoName.lowercase ? name.toLowerCase() : name;
}

/** The inputs with a name: the program's, else the one that was made up before, else a new one. */
export function withAutoName(
  autoName: AutoName | undefined,
  news: WireObject,
  olds: WireObject | undefined,
  source: NameSource,
): WireObject {
  if (autoName === undefined || source.mode === "disable" || valueAt(news, autoName.property) !== undefined) return news;
  // The object that the name would stand in is not known yet, so neither is whether it has one.
  if (isUnknown(news[segments(autoName.property)[0] ?? ""])) return news;
  const before = olds !== undefined && isAutoNamed(olds, autoName) ? valueAt(olds, autoName.property) : undefined;
  return { ...withValueAt(news, autoName.property, before ?? fresh(autoName, source)), [defaultsKey]: [autoName.property] };
}

/** What was read keeps the mark of a made-up name. */
export const withNameMark = (read: WireObject, before: WireObject): WireObject => {
  const names = before[defaultsKey];
  return names === undefined ? read : { ...read, [defaultsKey]: names };
};
