import { toProperties, toWireObject } from "./marshal";
import { type NameSource, withAutoName } from "./naming";
import type { ResourceHandler } from "./resource";
import { type Failure, ruleFailures, secretInputs, withDefaults } from "./rules";
import type { Opened } from "./wire";

export interface Checked {
  readonly inputs: Opened;
  readonly failures: readonly Failure[];
}

/** The inputs as the resource will get them, or everything that is wrong with them at once. */
export async function checkInputs<C>(
  handler: ResourceHandler<C>,
  context: C,
  news: Opened,
  olds: Opened | undefined,
  source: NameSource & { readonly plugin: string },
): Promise<Checked> {
  const failures = ruleFailures(handler.inputs, withAutoName(handler.autoName, news.values, olds?.values, source), {
    name: handler.type,
    source: source.plugin,
  });
  const configured = handler.configured === undefined ? {} : toWireObject(handler.configured(context));
  const named = withAutoName(handler.autoName, { ...configured, ...news.values }, olds?.values, source);
  const values = withDefaults(handler.inputs, named);
  if (failures.length === 0 && handler.check !== undefined) {
    failures.push(...handler.check(await toProperties(values, "hashes")));
  }
  const secrets = new Set([...news.secrets, ...secretInputs(handler.inputs).filter((name) => values[name] !== undefined)]);
  return { inputs: { values, secrets }, failures };
}
