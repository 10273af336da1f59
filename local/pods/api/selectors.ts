import type { JsonObject, KubeObject } from "./object";
import { isObject } from "./object";
import { badRequest } from "./status";

type Test = (labels: { readonly [label: string]: string }) => boolean;

/** `labelSelector` of a query: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#list-and-watch-filtering */
export const labelTest = (selector: string | null): Test => {
  const tests = (selector ?? "")
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== "")
    .map(termTest);
  return (labels) => tests.every((test) => test(labels));
};

const termTest = (term: string): Test => {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const [, label = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    return (labels) => values.includes(labels[label] ?? "\0") === (operator === "in");
  }
  const equality = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(term);
  if (equality !== null) {
    const [, label = "", operator, value] = equality;
    return (labels) => (labels[label] === value) === (operator !== "!=");
  }
  const existence = /^(!?)\s*([^\s=!(),]+)$/.exec(term);
  if (existence !== null) return (labels) => (labels[existence[2] ?? ""] !== undefined) === (existence[1] === "");
  throw badRequest(`unable to parse requirement: ${term}`);
};

/** `fieldSelector` of a query: dotted paths and equality, such as `involvedObject.name=chroma-0`. */
export const fieldTest = (selector: string | null): ((object: KubeObject) => boolean) => {
  const terms = (selector ?? "").split(",").filter((term) => term !== "");
  const tests = terms.map((term) => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(term);
    if (match === null) throw badRequest(`invalid field selector: ${term}`);
    const [, path = "", operator, value] = match;
    return (object: KubeObject) => (String(valueAt(object, path.split(".")) ?? "") === value) === (operator !== "!=");
  });
  return (object) => tests.every((test) => test(object));
};

const valueAt = (object: JsonObject, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, field) => (isObject(value) ? value[field] : undefined), object);
