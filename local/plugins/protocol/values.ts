import { LifeboatError } from "../../../recovery/errors";
import { Archive, Asset, type Properties, type Value } from "./resource";

/** Typed reads of properties: a value of the wrong kind is an error that names the property, never a silent undefined. */

const kindOf = (value: Value): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Asset) return "an asset";
  if (value instanceof Archive) return "an archive";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
};

const wrong = (name: string, value: Value, expected: string): LifeboatError =>
  new LifeboatError({
    code: "configuration",
    what: `Property ${name} has the wrong type`,
    received: kindOf(value),
    allowed: expected,
    hint: `Give ${name} as ${expected} in the program`,
  });

export const isRecord = (value: Value | undefined): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Asset) && !(value instanceof Archive);

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

/** A string, or undefined when it is absent. */
export function text(from: Properties, name: string): string | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw wrong(name, value, "a string");
}

export function flag(from: Properties, name: string): boolean | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "false") return value === "true";
  throw wrong(name, value, "a boolean");
}

export function number(from: Properties, name: string): number | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number") return value;
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  throw wrong(name, value, "a number");
}

export function record(from: Properties, name: string): Properties | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (isRecord(value)) return value;
  throw wrong(name, value, "an object");
}

/** A list of objects; empty when it is absent. */
export function records(from: Properties, name: string): readonly Properties[] {
  return values(from, name).map((value, index) => {
    if (isRecord(value)) return value;
    throw wrong(`${name}[${index}]`, value, "an object");
  });
}

/** A list of strings; undefined when it is absent. */
export function texts(from: Properties, name: string): string[] | undefined {
  if (from[name] === undefined || from[name] === null) return undefined;
  return values(from, name).map((value, index) => {
    if (typeof value === "string") return value;
    throw wrong(`${name}[${index}]`, value, "a string");
  });
}

/** A map of strings to strings, as tags and environment variables are; undefined when it is absent. */
export function textMap(from: Properties, name: string): Record<string, string> | undefined {
  const map = record(from, name);
  if (map === undefined) return undefined;
  const result: Record<string, string> = {};
  for (const [key, value] of Object.entries(map)) {
    if (typeof value !== "string") throw wrong(`${name}.${key}`, value, "a string");
    result[key] = value;
  }
  return result;
}

export function values(from: Properties, name: string): readonly Value[] {
  const value = from[name];
  if (value === undefined || value === null) return [];
  if (isList(value)) return value;
  throw wrong(name, value, "a list");
}

const present = <T>(value: T | undefined, name: string): T => {
  if (value !== undefined) return value;
  throw new LifeboatError({ code: "configuration", what: `Property ${name} is missing`, hint: `Give ${name} in the program` });
};

export const requiredText = (from: Properties, name: string): string => present(text(from, name), name);
export const requiredNumber = (from: Properties, name: string): number => present(number(from, name), name);
export const requiredRecord = (from: Properties, name: string): Properties => present(record(from, name), name);

/** The same properties without those that are undefined, so that absent and undefined never differ. */
export function compact(from: { readonly [name: string]: Value | undefined }): Properties {
  const result: Record<string, Value> = {};
  for (const [name, value] of Object.entries(from)) if (value !== undefined) result[name] = value;
  return result;
}
