import type { Dimension } from "@aws-sdk/client-cloudwatch";
import type { Properties } from "../../protocol/resource";
import { textMap } from "../../protocol/values";

export const dimensionList = (properties: Properties): Dimension[] =>
  Object.entries(textMap(properties, "dimensions") ?? {}).map(([Name, Value]) => ({ Name, Value }));

export const dimensionMap = (list: readonly Dimension[] | undefined): Record<string, string> =>
  Object.fromEntries((list ?? []).map(({ Name, Value }) => [Name ?? "", Value ?? ""]));
