import { invalidCombination, invalidValue } from "../api/errors";
import type { ParameterGroup } from "./region";
import { type ParameterDefinition, type Software, systemParameters } from "./software";

export type ApplyMethod = "immediate" | "pending-reboot";

export interface ParameterChange {
  readonly name: string;
  readonly value: string;
  readonly method: ApplyMethod;
}

/** What a server of this group runs with, apart from PostgreSQL's own defaults; by PostgreSQL's own names. */
export const valuesOf = (group: ParameterGroup, software: Software): Readonly<Record<string, string>> => ({
  ...systemParameters,
  ...Object.fromEntries([...group.values].map(([name, { value }]) => [definitionOf(software, name).setting, value])),
});

export const definitionOf = (software: Software, name: string): ParameterDefinition => {
  const definition = software.parameters.get(name);
  if (definition === undefined) throw invalidValue(`Could not find parameter with name: ${name}`);
  return definition;
};

/** @throws RdsError for a parameter that the family has not, that the engine keeps itself, or whose value or method it does not take. */
export const checkChange = (software: Software, { name, value, method }: ParameterChange): void => {
  const definition = definitionOf(software, name);
  if (!definition.modifiable) throw invalidValue(`The parameter ${name} cannot be modified.`);
  checkMethod(definition, method);
  const allowed = allowedValues(definition);
  if (allowed !== undefined && !isAllowed(definition, value)) {
    throw invalidValue(`Invalid parameter value: ${value} for: ${name} allowed values are: ${allowed}`);
  }
};

export const checkMethod = ({ name, applyType }: ParameterDefinition, method: ApplyMethod): void => {
  if (applyType === "static" && method === "immediate") {
    throw invalidCombination(`cannot use immediate apply method for static parameter ${name}`);
  }
};

export const allowedValues = ({ dataType, range }: ParameterDefinition): string | undefined => {
  if (dataType === "boolean") return "0,1";
  return range && `${range.min}-${range.max}`;
};

const isAllowed = ({ dataType, range }: ParameterDefinition, value: string): boolean => {
  if (dataType === "boolean") return value === "0" || value === "1";
  const wellFormed = dataType === "integer" ? /^-?\d+$/.test(value) : /^-?\d+(\.\d+)?$/.test(value);
  return wellFormed && (range === undefined || (Number(value) >= range.min && Number(value) <= range.max));
};
