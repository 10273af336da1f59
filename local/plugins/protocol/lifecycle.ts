import { toProperties, toWireObject } from "./marshal";
import { withNameMark } from "./naming";
import type { Created, ResourceHandler } from "./resource";
import { secretInputs, withDefaults, withoutChosen } from "./rules";
import { type Opened, unknown, type WireObject } from "./wire";

/** What a handler works with beside the resource: its plugin's context, where relative paths count from, and when to stop. */
export interface Setting<C> {
  readonly context: C;
  readonly base: string;
  readonly signal: AbortSignal;
}

export interface Made {
  readonly id: string;
  readonly outputs: Opened;
}

/** Which outputs are secret: those of secret inputs, and those that the handler or the state says. */
const secretsOf = <C>(handler: ResourceHandler<C>, ...known: readonly Opened[]): ReadonlySet<string> =>
  new Set([...secretInputs(handler.inputs), ...(handler.secretOutputs ?? []), ...known.flatMap(({ secrets }) => [...secrets])]);

/** A preview's outputs: the inputs, and unknown for what only the service can tell. */
export function previewOfCreate<C>(handler: ResourceHandler<C>, inputs: Opened): Opened {
  const values: WireObject = { ...inputs.values };
  const chosen = Object.keys(handler.inputs).filter((name) => handler.inputs[name]?.chosenByService);
  for (const name of [...chosen, ...handler.computed]) values[name] ??= unknown;
  return { values, secrets: secretsOf(handler, inputs) };
}

/** A preview's outputs of an update: what is computed stays as it is. */
export function previewOfUpdate<C>(handler: ResourceHandler<C>, olds: Opened, news: Opened): Opened {
  const kept = Object.entries(olds.values).filter(([name]) => handler.inputs[name] === undefined || handler.inputs[name]?.chosenByService);
  return { values: { ...Object.fromEntries(kept), ...news.values }, secrets: secretsOf(handler, olds, news) };
}

export async function create<C>(handler: ResourceHandler<C>, inputs: Opened, setting: Setting<C>): Promise<Made> {
  const created = await handler.create(setting.context, await toProperties(inputs.values, { contents: setting.base }), setting.signal);
  return made(handler, created, inputs);
}

export const made = <C>(handler: ResourceHandler<C>, created: Created, ...known: readonly Opened[]): Made => ({
  id: created.id,
  outputs: { values: toWireObject(created.outputs), secrets: secretsOf(handler, ...known) },
});

export async function update<C>(handler: ResourceHandler<C>, id: string, olds: Opened, news: Opened, setting: Setting<C>): Promise<Made> {
  if (handler.update === undefined) throw new Error(`${handler.type} has no update: every change replaces it`);
  const before = await toProperties(olds.values, "hashes");
  const after = await toProperties(news.values, { contents: setting.base });
  return made(handler, { id, outputs: await handler.update(setting.context, id, before, after, setting.signal) }, news);
}

/** The resource as it is; undefined when it is gone. `before` is empty in an import. */
export async function read<C>(
  handler: ResourceHandler<C>,
  id: string,
  before: { readonly inputs: Opened; readonly state: Opened },
  { context }: Pick<Setting<C>, "context">,
): Promise<(Made & { readonly inputs: Opened }) | undefined> {
  const found = await handler.read(context, id, await toProperties(before.state.values, "hashes"));
  if (found === undefined) return undefined;
  const imported = Object.keys(before.inputs.values).length === 0;
  const values = toWireObject(found.inputs);
  const own = imported ? values : withNameMark(withoutChosen(handler.inputs, values, before.inputs.values), before.inputs.values);
  const result = made(handler, { id, outputs: found.outputs }, before.inputs, before.state);
  return { ...result, inputs: { values: withDefaults(handler.inputs, own), secrets: result.outputs.secrets } };
}

export async function remove<C>(
  handler: ResourceHandler<C>,
  id: string,
  state: Opened,
  { context }: Pick<Setting<C>, "context">,
): Promise<void> {
  await handler.delete(context, id, await toProperties(state.values, "hashes"));
}
