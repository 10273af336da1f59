import { within } from "./paths";
import type { InputRule } from "./resource";
import { defaultOf, isInternal, type Rules } from "./rules";
import { isContent, isUnknown, isWireObject, type Wire, type WireObject } from "./wire";

export interface Difference {
  /** As the engine writes it: `tags.owner`, `rules[0].status`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
}

/** What differs between two sets of inputs, property by property. */
export function differences(rules: Rules, olds: WireObject, news: WireObject, path = "", replaces = false): Difference[] {
  const names = new Set([...Object.keys(olds), ...Object.keys(news)].filter((name) => !isInternal(name)));
  return [...names].flatMap((name) => {
    const rule = rules[name] ?? {};
    return between(
      rule,
      olds[name] ?? defaultOf(rule),
      news[name] ?? defaultOf(rule),
      within(path, name),
      replaces || rule.replaces === true,
    );
  });
}

function between(rule: InputRule, old: Wire | undefined, fresh: Wire | undefined, path: string, replaces: boolean): Difference[] {
  if (fresh === undefined) return old === undefined || rule.chosenByService ? [] : [{ path, kind: "delete", replaces }];
  if (old === undefined) return [{ path, kind: "add", replaces }];
  if (isUnknown(fresh)) return [{ path, kind: "update", replaces }];
  if (isContent(old) && isContent(fresh)) return sameContent(old, fresh) ? [] : [{ path, kind: "update", replaces }];
  if (isWireObject(old) && isWireObject(fresh)) return differences(rule.fields ?? {}, old, fresh, path, replaces);
  if (Array.isArray(old) && Array.isArray(fresh)) return betweenLists(rule, old, fresh, path, replaces);
  return sameValue(rule, old, fresh) ? [] : [{ path, kind: "update", replaces }];
}

function betweenLists(rule: InputRule, olds: readonly Wire[], news: readonly Wire[], path: string, replaces: boolean): Difference[] {
  const [before, after] = rule.compareAs === "set" ? [ordered(olds), ordered(news)] : [olds, news];
  const itemRule: InputRule = rule.fields === undefined ? {} : { fields: rule.fields };
  const length = Math.max(before.length, after.length);
  const found = Array.from({ length }, (_, index) => between(itemRule, before[index], after[index], `${path}[${index}]`, replaces));
  return found.flat();
}

const sameContent = (old: WireObject, fresh: WireObject): boolean => {
  const hash = fresh.hash;
  return typeof hash === "string" && hash !== "" && hash === old.hash;
};

const sameValue = (rule: InputRule, old: Wire, fresh: Wire): boolean =>
  old === fresh || (rule.compareAs === "json" && typeof old === "string" && typeof fresh === "string" && sameJson(old, fresh));

/** JSON text with the keys of its objects in order. */
const canonical = (value: Wire): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isWireObject(value)) return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join(",")}}`;
};

const ordered = (list: readonly Wire[]): readonly Wire[] =>
  list
    .map((value) => ({ value, key: canonical(value) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ value }) => value);

function sameJson(old: string, fresh: string): boolean {
  try {
    return canonical(JSON.parse(old)) === canonical(JSON.parse(fresh));
  } catch {
    return false;
  }
}
