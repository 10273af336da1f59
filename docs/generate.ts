import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DrSchema, ProdSchema } from "../infra/config/schema";
import { formatSeconds } from "../recovery/duration";
import { DEFAULT_TIERS } from "../recovery/objectives";

/** What is read of a JSON Schema: https://json-schema.org/draft/2020-12/json-schema-validation */
interface Node {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
}

const Node: z.ZodType<Node> = z.lazy(() =>
  z.looseObject({
    title: z.string().optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
    type: z.string().optional(),
    const: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    format: z.string().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    anyOf: z.array(Node).optional(),
    oneOf: z.array(Node).optional(),
    items: Node.optional(),
    properties: z.record(z.string(), Node).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.union([z.boolean(), Node]).optional(),
  }),
);

interface Row {
  readonly name: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** One row a value that a person writes; an object without a meaning of its own is only the way to its values. */
const rowsOf = (name: string, node: Node, required: boolean): readonly Row[] => {
  const inner = childrenOf(name, node);
  if (inner.length > 0 && node.description === undefined) return inner;
  return [{ name, type: typeOf(node), fallback: fallbackOf(node, required), meaning: node.description ?? "" }, ...inner];
};

const childrenOf = (name: string, node: Node): readonly Row[] => {
  const prefix = name === "" ? "" : `${name}.`;
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    rowsOf(`${prefix}${key}`, child, (node.required ?? []).includes(key)),
  );
  const alternatives = (node.anyOf ?? node.oneOf ?? []).flatMap((alternative) => childrenOf(name, alternative));
  const items = node.items === undefined ? [] : childrenOf(`${name}[]`, node.items);
  const named = typeof node.additionalProperties === "object" ? childrenOf(`${prefix}<name>`, node.additionalProperties) : [];
  return [...own, ...alternatives, ...items, ...named];
};

const typeOf = (node: Node): string => {
  if (node.title !== undefined) return node.title;
  if (node.const !== undefined) return code(node.const);
  if (node.enum !== undefined) return node.enum.map(code).join(" or ");
  if (node.anyOf !== undefined) return node.anyOf.map(typeOf).join(" or ");
  if (node.items !== undefined) return node.items.type === "object" ? "list of objects" : `list of ${typeOf(node.items)}`;
  if (node.type === "integer") return `whole number${rangeOf(node)}`;
  if (node.format === "date-time") return "time, ISO 8601";
  if (node.format === "uri") return "URL";
  if (node.type === "string") return "text";
  if (typeof node.additionalProperties === "object")
    return node.additionalProperties.type === "string" ? "text by name" : "objects by name";
  return node.type === "boolean" ? "true or false" : (node.type ?? "any");
};

const rangeOf = ({ minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY }: Node): string => {
  // zod writes the largest safe integer where a whole number has no limit of its own.
  const from = minimum > Number.MIN_SAFE_INTEGER ? `, ${minimum}` : "";
  if (from === "") return "";
  return maximum < Number.MAX_SAFE_INTEGER ? `${from} to ${maximum}` : `${from} or more`;
};

const fallbackOf = (node: Node, required: boolean): string => {
  if (node.default !== undefined) return code(node.default);
  return required ? "required" : "none";
};

const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

const cell = (text: string): string => text.replaceAll("|", "\\|");

const tableOf = (schema: z.ZodType): string => {
  const rows = childrenOf("", Node.parse(z.toJSONSchema(schema, { io: "input" })));
  return [
    "| value | type | default | meaning |",
    "|---|---|---|---|",
    // Alternatives share values: what is said of one once is not said again.
    ...new Set(rows.map(({ name, type, fallback, meaning }) => `| \`${name}\` | ${cell(type)} | ${cell(fallback)} | ${cell(meaning)} |`)),
  ].join("\n");
};

const tiers = (): string =>
  [
    "| tier | RTO | RPO |",
    "|---|---|---|",
    ...Object.entries(DEFAULT_TIERS).map(
      ([name, { rtoSeconds, rpoSeconds }]) => `| \`${name}\` | ${formatSeconds(rtoSeconds)} | ${formatSeconds(rpoSeconds)} |`,
    ),
  ].join("\n");

/** docs/configuration.md, from the schemas that the program reads its configuration by. */
export const configurationReference = (): string => `# Configuration

<!-- Made from infra/config/schema.ts by \`npm run docs\`: change it there. -->

Values of the namespace \`lifeboat\`, in \`Pulumi.prod.yaml\` and \`Pulumi.dr.yaml\` or by \`pulumi config set --path\`. A name that is not in
these tables is refused. Every failure of a stack's configuration is reported at once, before anything is created.

- **duration**: a whole number and a unit, \`s\`, \`m\`, \`h\` or \`d\`: \`90s\`, \`15m\`, \`24h\`.
- **schedule**: \`rate(N minutes|hours|days)\` (\`rate(1 hour)\` for one), or \`cron(...)\` of every day with a minute as a number, a list or a
  step and hours as \`*\`, a list or a step. Its longest interval must follow from it, because the objectives are checked with it.

## Tiers that exist without configuration

${tiers()}

## Stack prod

${tableOf(ProdSchema)}

Checked together (\`infra/config/checks.ts\`):

- The two regions differ.
- Each store's tier exists. Its schedule's longest interval, the duration of a run and the lags are together within the tier's RPO:
  \`lags.automatedBackups\` for PostgreSQL; \`lags.replication\` for documents; \`chroma.schedule\` + \`chroma.maxDuration\` + \`lags.replication\` + \`lags.verification\` for vectors.
- \`alarmAt\` does not come after the tier's RPO.
- \`chroma.maxDuration\` is within the 15 minutes that a function may run.
- \`postgres.maxAllocatedStorage\` is a tenth above \`postgres.allocatedStorage\` at least, and both clusters have two subnets at least.
- \`watch.samplesPerRun\` x \`watch.sampleInterval\` fits into \`watch.schedule\`.

## Stack dr

${tableOf(DrSchema)}

Checked together: the two regions differ; \`time\` is given with strategy \`point-in-time\` only; without it
that strategy takes the newest state. In mode \`failover\` with a time the documents are copied into a bucket of the recovery's own, which
becomes the live one.
`;

if (require.main === module) writeFileSync(join(__dirname, "configuration.md"), configurationReference());
