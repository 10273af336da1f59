import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type RawConfiguration, rawConfiguration } from "../../../../infra/config/read";

const StackFile = z.object({ config: z.record(z.string(), z.unknown()) });

/** A committed stack file's values as the engine passes them: text, or JSON for structured values. */
export const committed = (stack: "prod" | "dr"): RawConfiguration => {
  const file = path.join(__dirname, "..", "..", "..", "..", `Pulumi.${stack}.yaml`);
  const { config } = StackFile.parse(parse(readFileSync(file, "utf8")));
  return rawConfiguration(
    Object.fromEntries(Object.entries(config).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])),
  );
};

/** The same with some values changed; undefined removes one. */
export const changed = (stack: "prod" | "dr", changes: Readonly<Record<string, unknown>>): RawConfiguration => {
  const values: Record<string, string> = { ...committed(stack) };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete values[name];
    else values[name] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return values;
};
