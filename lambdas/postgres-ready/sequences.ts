import * as z from "zod";
import type { Database } from "../shared/database";
import { type Faulty, NAMED_FAULTS } from "./faulty";

const SEQUENCES_PER_PAGE = 500;

/**
 * Whether the next value of each sequence is beyond what its column holds: otherwise the application's next insert collides. Columns are looked up
 * by an index that begins with them; without one the lookup would read the whole table, and it is left out and counted.
 */
export const checkSequences = async (database: Database): Promise<Faulty> => {
  let [count, unknown] = [0, 0];
  const examples: string[] = [];
  for await (const use of usesOf(database)) {
    if (!(use.indexed && use.readable)) {
      unknown += 1;
      continue;
    }
    const next = await nextOf(database, use);
    if (next === undefined) continue;
    count += 1;
    if (examples.length < NAMED_FAULTS) examples.push(`${use.sequence} of ${use.relation}.${use.attribute}: ${next}`);
  }
  return { count, examples, ...(unknown === 0 ? {} : { unknown: `${unknown} without an index of their column, or that may not be read` }) };
};

const Use = z.object({
  sequenceId: z.string(),
  relationId: z.string(),
  number: z.number(),
  sequence: z.string(),
  relation: z.string(),
  attribute: z.string(),
  increment: z.string().regex(/^-?\d+$/),
  indexed: z.boolean(),
  readable: z.boolean(),
});
type Use = z.infer<typeof Use>;

const Compared = z.object({ next: z.string(), held: z.string().nullable() });

/** What is wrong with the next value, in words; undefined when nothing is. */
const nextOf = async (database: Database, { sequence, relation, attribute, increment }: Use): Promise<string | undefined> => {
  const rises = BigInt(increment) > 0n;
  const [found] = await database.rows(
    Compared,
    `SELECT (s.last_value::numeric + CASE WHEN s.is_called THEN ${increment} ELSE 0 END)::text AS next,
       (SELECT ${rises ? "max" : "min"}(${attribute})::text FROM ${relation}) AS held
     FROM ${sequence} AS s`,
  );
  if (found === undefined || found.held === null) return undefined;
  const [next, held] = [BigInt(found.next), BigInt(found.held)];
  return (rises ? next > held : next < held) ? undefined : `next is ${next}, the column holds ${held}`;
};

/** Sequences by the columns that they number: their owners, and those whose default asks them. One that runs in circles is meant to come back. */
const PAGE = `WITH uses AS (
    SELECT objid AS sequence, refobjid AS relation, refobjsubid AS number FROM pg_depend
      WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i') AND refobjsubid > 0
    UNION
    SELECT d.refobjid, a.adrelid, a.adnum FROM pg_depend d JOIN pg_attrdef a ON a.oid = d.objid
      WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
  )
  SELECT uses.sequence::text AS "sequenceId", uses.relation::text AS "relationId", uses.number::int AS number,
    format('%I.%I', sn.nspname, sc.relname) AS sequence, format('%I.%I', rn.nspname, rc.relname) AS relation,
    format('%I', a.attname) AS attribute, s.seqincrement::text AS increment,
    EXISTS (
      SELECT FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
      WHERE i.indrelid = uses.relation AND i.indkey[0] = uses.number AND i.indisvalid AND i.indpred IS NULL AND am.amname = 'btree'
    ) AS indexed,
    has_schema_privilege(sn.oid, 'USAGE') AND has_sequence_privilege(uses.sequence, 'SELECT')
      AND has_schema_privilege(rn.oid, 'USAGE') AND has_table_privilege(uses.relation, 'SELECT') AS readable
  FROM uses JOIN pg_sequence s ON s.seqrelid = uses.sequence
    JOIN pg_class sc ON sc.oid = uses.sequence JOIN pg_namespace sn ON sn.oid = sc.relnamespace
    JOIN pg_class rc ON rc.oid = uses.relation JOIN pg_namespace rn ON rn.oid = rc.relnamespace
    JOIN pg_attribute a ON a.attrelid = uses.relation AND a.attnum = uses.number
  WHERE NOT s.seqcycle AND rc.relkind IN ('r', 'p') AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
    AND (uses.sequence, uses.relation, uses.number) > ($1::oid, $2::oid, $3::int)
  ORDER BY uses.sequence, uses.relation, uses.number LIMIT ${SEQUENCES_PER_PAGE}`;

async function* usesOf(database: Database): AsyncIterable<Use> {
  let last: readonly (string | number)[] = ["0", "0", 0];
  for (;;) {
    const page = await database.rows(Use, PAGE, last);
    yield* page;
    const end = page.at(-1);
    if (end === undefined || page.length < SEQUENCES_PER_PAGE) return;
    last = [end.sequenceId, end.relationId, end.number];
  }
}
