import type { Properties } from "../../protocol/resource";
import { requiredText, text } from "../../protocol/values";

const defaultBus = "default";

/** The bus of a rule or target. */
export const eventBusOf = (properties: Properties): string => text(properties, "eventBusName") ?? defaultBus;

/** A rule's id, as the official plugin makes it: its name, or `bus/name` on a bus of its own. */
export const ruleId = (inputs: Properties): string => {
  const bus = eventBusOf(inputs);
  const name = requiredText(inputs, "name");
  return bus === defaultBus ? name : `${bus}/${name}`;
};

export function rulePlace(id: string): { readonly bus: string; readonly name: string } {
  const slash = id.lastIndexOf("/");
  return slash < 0 ? { bus: defaultBus, name: id } : { bus: id.slice(0, slash), name: id.slice(slash + 1) };
}
