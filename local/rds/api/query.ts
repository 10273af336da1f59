import { invalidValue, missingParameter, RdsError, validationError } from "./errors";
import type { ServiceModel, Shape } from "./model";

interface Node {
  text?: string;
  readonly children: Map<string, Node>;
}

export interface Query {
  readonly operation: string;
  readonly input: unknown;
}

/**
 * `SubnetIds.SubnetIdentifier.1=subnet-1` becomes lists and structures with the types that the service model gives them:
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 * @throws RdsError for a parameter that the model does not know, of the wrong type, or missing.
 */
export const decodeQuery = (model: ServiceModel, body: string): Query => {
  const root: Node = { children: new Map() };
  const fields = new URLSearchParams(body);
  for (const [name, value] of fields) if (name !== "Action" && name !== "Version") place(root, name.split("."), value);
  const operation = fields.get("Action") ?? "";
  const version = fields.get("Version") ?? "";
  const described = version === model.version ? model.operation(operation) : undefined;
  if (described === undefined) throw new RdsError("InvalidAction", `Could not find operation ${operation} for version ${version}`);
  const input = described.input === undefined ? {} : readStructure({ model, path: "" }, root, model.shape(described.input));
  return { operation, input };
};

const place = (root: Node, path: readonly string[], text: string): void => {
  let node = root;
  for (const step of path) {
    const child = node.children.get(step) ?? { children: new Map<string, Node>() };
    node.children.set(step, child);
    node = child;
  }
  node.text = text;
};

/** Where in the input something is read, for messages. */
interface Place {
  readonly model: ServiceModel;
  readonly path: string;
}

const below = ({ model, path }: Place, name: string): Place => ({ model, path: path === "" ? name : `${path}.${name}` });

const read = (place: Place, node: Node, name: string): unknown => {
  const shape = place.model.shape(name);
  if (shape.type === "structure") return readStructure(place, node, shape);
  if (shape.type === "list") return readList(place, node, shape);
  if (node.children.size > 0 || node.text === undefined) throw validationError(`${place.path} is a value of its own, not a structure`);
  return readScalar(place.path, node.text, shape);
};

const readStructure = (place: Place, node: Node, shape: Shape): Readonly<Record<string, unknown>> => {
  const members = Object.entries(shape.members ?? {});
  const byWire = new Map(members.map(([name, { shape: type, locationName }]) => [locationName ?? name, { name, type }]));
  if (node.text !== undefined && node.text !== "") throw validationError(`${place.path} is a structure, not a value`);
  const read_ = [...node.children].map(([wire, child]) => {
    const member = byWire.get(wire);
    if (member === undefined) throw validationError(`Unknown parameter ${below(place, wire).path}: RDS has no such parameter here`);
    return [member.name, read(below(place, wire), child, member.type)] as const;
  });
  const structure = Object.fromEntries(read_);
  for (const name of shape.required ?? []) if (structure[name] === undefined) throw missingParameter(below(place, name).path);
  return structure;
};

/** SDKs name the elements as the model does; the protocol's own name is `member`. An empty list has no elements but its name. */
const readList = (place: Place, node: Node, shape: Shape): readonly unknown[] => {
  const element = shape.member ?? { shape: "" };
  const [only, ...others] = [...node.children];
  if (only === undefined && node.text === "") return [];
  if (only === undefined || others.length > 0 || (only[0] !== "member" && only[0] !== element.locationName)) {
    throw validationError(`${place.path} is a list: its elements are ${place.path}.${element.locationName ?? "member"}.1 and so on`);
  }
  return [...only[1].children]
    .map(([index, child]) => {
      if (!/^[1-9]\d*$/.test(index)) throw validationError(`${place.path}: ${index} is no index of a list`);
      return { index: Number(index), child };
    })
    .sort((a, b) => a.index - b.index)
    .map(({ index, child }) => read(below(place, String(index)), child, element.shape));
};

const readScalar = (path: string, text: string, { type, enum: values }: Shape): unknown => {
  switch (type) {
    case "integer":
    case "long":
      if (!/^-?\d{1,15}$/.test(text)) throw validationError(`${path}: ${text} is not a whole number`);
      return Number(text);
    case "boolean":
      if (text !== "true" && text !== "false") throw validationError(`${path}: ${text} is neither true nor false`);
      return text === "true";
    case "timestamp":
      return readTime(path, text);
    case "string":
      if (values !== undefined && !values.includes(text)) throw invalidValue(`${path}: ${text} is not one of ${values.join(", ")}`);
      return text;
    default:
      throw validationError(`${path}: values of type ${type} are not implemented by the local RDS (local/rds)`);
  }
};

/** A time without a zone is refused: it would be taken for UTC, and the database restored to another hour than the one that was meant. */
const readTime = (path: string, text: string): Date => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw invalidValue(`${path}: ${text} is not a time with its zone, such as 2009-09-07T23:45:00Z`);
  }
  return new Date(text);
};
