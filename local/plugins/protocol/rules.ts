import { LifeboatError } from "../../../recovery/errors";
import type { InputRule } from "./resource";
import { isContent, isUnknown, isWireObject, type Wire, type WireObject } from "./wire";

export type Rules = { readonly [name: string]: InputRule };

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** Names that the engine or this plugin keeps in the inputs: `__defaults`, `__internal`. */
export const isInternal = (name: string): boolean => name.startsWith("__");

/** What a rule for the items of `value` applies to: the object itself, or each object of a list, with their paths. */
const objectsIn = (value: Wire, path: string): readonly { readonly path: string; readonly object: WireObject }[] => {
  if (Array.isArray(value)) return value.flatMap((item, index) => objectsIn(item, `${path}[${index}]`));
  return isWireObject(value) && !isContent(value) ? [{ path, object: value }] : [];
};

const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

/** Every unknown and every missing property of `inputs`, at any depth that the rules describe. */
export function ruleFailures(
  rules: Rules,
  inputs: WireObject,
  subject: { readonly name: string; readonly source: string },
  path = "",
): Failure[] {
  const failures: Failure[] = [];
  for (const name of Object.keys(inputs)) {
    if (rules[name] === undefined && !isInternal(name))
      failures.push({ property: join(path, name), reason: notImplemented(join(path, name), rules, subject) });
  }
  for (const [name, rule] of Object.entries(rules)) {
    const value = inputs[name];
    if (value === undefined) {
      if (rule.required)
        failures.push({
          property: join(path, name),
          reason: `${join(path, name)} is required by ${subject.name}, and the program gives none`,
        });
    } else if (rule.fields !== undefined && !isUnknown(value)) {
      for (const { path: inner, object } of objectsIn(value, join(path, name)))
        failures.push(...ruleFailures(rule.fields, object, subject, inner));
    }
  }
  return failures;
}

const notImplemented = (path: string, rules: Rules, { name, source }: { readonly name: string; readonly source: string }): string =>
  new LifeboatError({
    code: "unsupported",
    what: `The embedded plugin does not implement the property ${path} of ${name}`,
    received: path,
    allowed: Object.keys(rules).sort().join(", "),
    hint: `Add it to the handler of ${name} in ${source}, or use the official plugin`,
  }).message;

/** `inputs` with the rules' defaults where nothing is given, at any depth that the rules describe. */
export function withDefaults(rules: Rules, inputs: WireObject): WireObject {
  const result: WireObject = { ...inputs };
  for (const [name, rule] of Object.entries(rules)) {
    const value = result[name];
    const fallback = defaultOf(rule);
    if (value === undefined && fallback !== undefined) result[name] = fallback;
    else if (value !== undefined && rule.fields !== undefined) result[name] = nestedDefaults(rule.fields, value);
  }
  return result;
}

function nestedDefaults(rules: Rules, value: Wire): Wire {
  if (Array.isArray(value)) return value.map((item) => nestedDefaults(rules, item));
  return isWireObject(value) && !isContent(value) ? withDefaults(rules, value) : value;
}

/** A rule's default as wire JSON; a default is never an asset. */
export const defaultOf = (rule: InputRule): Wire | undefined =>
  rule.default === undefined ? undefined : JSON.parse(JSON.stringify(rule.default));

/** What was read, without what the service chose where the program gave nothing: that is no drift. */
export function withoutChosen(rules: Rules, read: WireObject, before: WireObject): WireObject {
  const result: WireObject = {};
  for (const [name, value] of Object.entries(read)) {
    const rule = rules[name];
    const previous = before[name];
    if (rule?.chosenByService && previous === undefined) continue;
    result[name] = rule?.fields === undefined ? value : nestedWithoutChosen(rule.fields, value, previous);
  }
  return result;
}

function nestedWithoutChosen(rules: Rules, value: Wire, before: Wire | undefined): Wire {
  if (Array.isArray(value))
    return value.map((item, index) => nestedWithoutChosen(rules, item, Array.isArray(before) ? before[index] : undefined));
  if (!isWireObject(value) || isContent(value)) return value;
  return withoutChosen(rules, value, isWireObject(before) ? before : {});
}

/** The names of inputs whose rule says that they are secret. */
export const secretInputs = (rules: Rules): readonly string[] => Object.keys(rules).filter((name) => rules[name]?.secret === true);
