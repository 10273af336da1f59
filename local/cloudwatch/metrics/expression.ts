import { validationError } from "../errors";
import type { Expression, FunctionName, Operator } from "./expression-syntax";
import type { Points } from "./store";

/** A number, one time series, or a list of them in brackets. */
export type Value = number | Points | readonly Value[];

export interface Scope {
  /** The value of another query of the same call. */
  readonly resolve: (id: string) => Points;
  /** The start of every slice, in order: what FILL fills. */
  readonly slices: readonly number[];
}

const truth = (condition: boolean): number => (condition ? 1 : 0);

const operators: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
  "==": (a, b) => truth(a === b),
  "!=": (a, b) => truth(a !== b),
  "<": (a, b) => truth(a < b),
  ">": (a, b) => truth(a > b),
  "<=": (a, b) => truth(a <= b),
  ">=": (a, b) => truth(a >= b),
  AND: (a, b) => truth(a !== 0 && b !== 0),
  OR: (a, b) => truth(a !== 0 || b !== 0),
};

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
const isSeries = (value: Value): value is Points => value instanceof Map;

const mapPoints = (points: Points, change: (value: number, timeMs: number) => number | undefined): Points => {
  const changed = new Map<number, number>();
  for (const [timeMs, value] of points) {
    const result = change(value, timeMs);
    // A division by zero gives no point: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    if (result !== undefined && Number.isFinite(result)) changed.set(timeMs, result);
  }
  return changed;
};

const at = (value: number | Points, timeMs: number): number | undefined => (isSeries(value) ? value.get(timeMs) : value);

const single = (value: Value, where: string): number | Points => {
  if (isList(value)) throw validationError(`${where} takes one time series or number, not a list`);
  return value;
};

/** Two series meet where both have a point. */
const combine = (operator: Operator, left: number | Points, right: number | Points): number | Points => {
  const apply = operators[operator];
  const both = (a: number | undefined, b: number | undefined) => (a === undefined || b === undefined ? undefined : apply(a, b));
  if (isSeries(left)) return mapPoints(left, (value, timeMs) => both(value, at(right, timeMs)));
  if (isSeries(right)) return mapPoints(right, (value) => apply(left, value));
  return apply(left, right);
};

const reducers: Readonly<Record<"AVG" | "MAX" | "MIN" | "SUM", (values: readonly number[]) => number>> = {
  AVG: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  MAX: (values) => Math.max(...values),
  MIN: (values) => Math.min(...values),
  SUM: (values) => values.reduce((a, b) => a + b, 0),
};

/** Of one series: one number. Of a list: a series, from what each moment has. */
const reduce = (name: keyof typeof reducers, value: Value, slices: readonly number[]): Value => {
  const of = reducers[name];
  if (!isList(value)) return isSeries(value) ? of([...value.values()]) : value;
  const series = value.map((each) => single(each, name));
  const points = new Map<number, number>();
  for (const timeMs of slices) {
    const values = series.map((each) => at(each, timeMs)).filter((each) => each !== undefined);
    if (values.length > 0) points.set(timeMs, of(values));
  }
  return points;
};

const fill = (value: Value, filler: Expression | undefined, scope: Scope): Points => {
  const points = single(value, "FILL");
  if (!isSeries(points)) throw validationError("FILL takes a time series");
  const constant = filler?.kind === "word" ? undefined : filler === undefined ? undefined : evaluate(filler, scope);
  if (constant !== undefined && typeof constant !== "number") throw validationError("FILL takes a number, REPEAT or LINEAR");
  if (constant === undefined && (filler?.kind !== "word" || filler.word !== "REPEAT")) {
    throw validationError("FILL is implemented with a number and with REPEAT");
  }
  const filled = new Map<number, number>();
  let last: number | undefined;
  for (const timeMs of scope.slices) {
    last = points.get(timeMs) ?? (constant === undefined ? last : constant);
    if (last !== undefined) filled.set(timeMs, last);
  }
  return filled;
};

const choose = (condition: number | Points, then: number | Points, otherwise: number | Points): number | Points => {
  if (!isSeries(condition)) return condition !== 0 ? then : otherwise;
  return mapPoints(condition, (value, timeMs) => at(value !== 0 ? then : otherwise, timeMs));
};

const rounding: Readonly<Record<"ABS" | "CEIL" | "FLOOR", (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

const call = (name: FunctionName, parts: readonly Expression[], scope: Scope): Value => {
  const value = (index: number): Value => {
    const part = parts[index];
    if (part === undefined) throw validationError(`${name} has too few arguments`);
    return evaluate(part, scope);
  };
  switch (name) {
    case "FILL":
      return fill(value(0), parts[1], scope);
    case "IF":
      return choose(single(value(0), name), single(value(1), name), parts.length > 2 ? single(value(2), name) : new Map());
    case "ABS":
    case "CEIL":
    case "FLOOR": {
      const of = single(value(0), name);
      return isSeries(of) ? mapPoints(of, rounding[name]) : rounding[name](of);
    }
    default:
      return reduce(name, value(0), scope.slices);
  }
};

export const evaluate = (expression: Expression, scope: Scope): Value => {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "reference":
      return scope.resolve(expression.id);
    case "list":
      return expression.items.map((item) => evaluate(item, scope));
    case "negation":
      return combine("-", 0, single(evaluate(expression.of, scope), "-"));
    case "binary": {
      const { operator, left, right } = expression;
      return combine(operator, single(evaluate(left, scope), operator), single(evaluate(right, scope), operator));
    }
    case "call":
      return call(expression.name, expression.arguments, scope);
    case "word":
      throw validationError(`${expression.word} is no metric's id: ids begin with a lower-case letter`);
  }
};

/** Every id that an expression refers to. */
export const referencesOf = (expression: Expression): readonly string[] => {
  switch (expression.kind) {
    case "reference":
      return [expression.id];
    case "list":
      return expression.items.flatMap(referencesOf);
    case "negation":
      return referencesOf(expression.of);
    case "binary":
      return [...referencesOf(expression.left), ...referencesOf(expression.right)];
    case "call":
      return expression.arguments.flatMap(referencesOf);
    default:
      return [];
  }
};
