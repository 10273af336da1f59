import type { Client } from "pg";
import * as z from "zod";

/** A sequence that gives a column its values. */
export interface SeenSequence {
  /** "documents.id" */
  readonly column: string;
  /** The value that the next row would get. */
  readonly next: bigint;
  /** The largest value in the column; absent for an empty table. */
  readonly highest?: bigint;
}

export interface SeenConstraints {
  readonly constraints: number;
  /** Constraints that were not validated, indexes that are not valid, triggers of constraints that are off. */
  readonly faults: readonly string[];
}

const OURS = "nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'";

/** Identity columns own their sequence; any other is found by the default that uses it. https://www.postgresql.org/docs/15/catalog-pg-depend.html */
const SEQUENCES = `
SELECT owner.relation::regclass::text AS relation, quote_ident(a.attname) AS attribute,
  coalesce(p.last_value + p.increment_by, p.start_value)::text AS next
FROM pg_class s
JOIN pg_namespace n ON n.oid = s.relnamespace
JOIN pg_sequences p ON p.schemaname = n.nspname AND p.sequencename = s.relname
CROSS JOIN LATERAL (
  SELECT d.refobjid AS relation, d.refobjsubid AS attribute FROM pg_depend d
  WHERE d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
  UNION
  SELECT f.adrelid, f.adnum FROM pg_depend d JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = s.oid
) owner
JOIN pg_attribute a ON a.attrelid = owner.relation AND a.attnum = owner.attribute
WHERE s.relkind = 'S' AND ${OURS}
ORDER BY 1, 2`;

const Sequences = z.array(z.object({ relation: z.string(), attribute: z.string(), next: z.string() }));
const Highest = z.tuple([z.object({ highest: z.string().nullable() })]);

export const readSequences = async (client: Client): Promise<readonly SeenSequence[]> => {
  const sequences = Sequences.parse((await client.query(SEQUENCES)).rows);
  const seen: SeenSequence[] = [];
  for (const { relation, attribute, next } of sequences) {
    const { rows } = await client.query(`SELECT max(${attribute})::text AS highest FROM ${relation}`);
    const [{ highest }] = Highest.parse(rows);
    seen.push({ column: `${relation}.${attribute}`, next: BigInt(next), highest: highest === null ? undefined : BigInt(highest) });
  }
  return seen;
};

const CONSTRAINTS = `
SELECT count(*)::int AS constraints,
  array_remove(array_agg(CASE WHEN NOT c.convalidated THEN 'constraint ' || c.conname || ' was not validated' END), NULL) AS faults
FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE ${OURS}`;

const FAULTS = `
SELECT 'index ' || i.indexrelid::regclass || ' is not valid' AS fault
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${OURS} AND NOT (i.indisvalid AND i.indisready AND i.indislive)
UNION ALL
SELECT 'a constraint of ' || t.tgrelid::regclass || ' is not enforced: trigger ' || t.tgname
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${OURS} AND t.tgisinternal AND t.tgenabled <> 'O'
ORDER BY 1`;

const Constraints = z.tuple([z.object({ constraints: z.int(), faults: z.array(z.string()).nullable() })]);
const Faults = z.array(z.object({ fault: z.string() }));

export const readConstraints = async (client: Client): Promise<SeenConstraints> => {
  const [{ constraints, faults }] = Constraints.parse((await client.query(CONSTRAINTS)).rows);
  const others = Faults.parse((await client.query(FAULTS)).rows);
  return { constraints, faults: [...(faults ?? []), ...others.map(({ fault }) => fault)] };
};
