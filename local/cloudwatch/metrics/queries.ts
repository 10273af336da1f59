import { validationError } from "../errors";
import type { MetricDataQuery } from "../shapes";
import { evaluate, referencesOf } from "./expression";
import { type Expression, parseExpression } from "./expression-syntax";
import { statisticOf } from "./statistics";
import type { MetricStore, Points, Slices } from "./store";

/** Queries that were checked against each other: each is a metric or an expression over others, and nothing goes in circles. */
export interface QuerySet {
  readonly queries: readonly MetricDataQuery[];
  periodSecondsOf(id: string): number;
  points(id: string, slices: Slices, store: MetricStore): Points;
}

export const compileQueries = (queries: readonly MetricDataQuery[]): QuerySet => {
  const byId = new Map(queries.map((query) => [query.Id, query]));
  if (byId.size !== queries.length) throw validationError("The Ids of the queries must be different");
  const expressions = new Map<string, Expression>();
  for (const query of queries) {
    if ((query.MetricStat === undefined) === (query.Expression === undefined)) {
      throw validationError(`Query ${query.Id} needs either MetricStat or Expression`);
    }
    if (query.MetricStat !== undefined) statisticOf(query.MetricStat.Stat);
    if (query.Expression !== undefined) expressions.set(query.Id, parseExpression(query.Expression));
  }

  const metricsOf = (id: string, path: readonly string[]): readonly MetricDataQuery[] => {
    if (path.includes(id)) throw validationError(`The expressions go in circles: ${[...path, id].join(" -> ")}`);
    const query = byId.get(id);
    if (query === undefined)
      throw validationError(`No query has the Id ${id}${path.length === 0 ? "" : `, which ${path.at(-1)} refers to`}`);
    const expression = expressions.get(id);
    return expression === undefined ? [query] : referencesOf(expression).flatMap((each) => metricsOf(each, [...path, id]));
  };

  const periodSecondsOf = (id: string): number => {
    const periods = new Set(metricsOf(id, []).map((query) => query.MetricStat?.Period ?? 0));
    const [period, ...others] = periods;
    if (period === undefined) throw validationError(`The expression ${id} refers to no metric`);
    if (others.length > 0) throw validationError(`The metrics of ${id} must have one period, and have ${[...periods].join(", ")}`);
    return period;
  };
  for (const { Id } of queries) periodSecondsOf(Id);

  const points = (id: string, slices: Slices, store: MetricStore): Points => {
    const stat = byId.get(id)?.MetricStat;
    if (stat !== undefined) return store.points(stat.Metric, slices, statisticOf(stat.Stat), stat.Unit);
    const expression = expressions.get(id);
    if (expression === undefined) throw validationError(`No query has the Id ${id}`);
    const starts = Array.from({ length: slices.count }, (_, index) => slices.startMs + index * slices.periodMs);
    const value = evaluate(expression, { slices: starts, resolve: (each) => points(each, slices, store) });
    if (typeof value === "number") return new Map(starts.map((start) => [start, value]));
    if (value instanceof Map) return value;
    throw validationError(`The expression ${id} gives several time series; one is supported`);
  };
  return { queries, periodSecondsOf, points };
};
