import * as z from "zod";
import { canonicalMetadata } from "../../recovery/chroma/metadata";

const Schema = z.looseObject({
  /** How values of a type are indexed. */
  defaults: z.record(z.string(), z.unknown()),
  /** How the values of one metadata key are, by type. */
  keys: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/**
 * What a collection's schema says of its own, as a text to compare. Left out: keys that the server learned from the data and
 * indexes by default, and its number of processors, which stands in every vector index.
 */
export const comparableSchema = (schemaJson: string | null): string => {
  if (schemaJson === null) return "null";
  const schema = Schema.parse(JSON.parse(schemaJson.replace(/"num_threads"\s*:\s*\d+/g, '"num_threads":0')));
  const chosen = Object.entries(schema.keys).filter(([, types]) =>
    Object.entries(types).some(([type, index]) => textOf(index) !== textOf(schema.defaults[type])),
  );
  return textOf({ ...schema, keys: Object.fromEntries(chosen) });
};

const textOf = (value: unknown): string => canonicalMetadata(JSON.stringify(value ?? null));
