import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

/** JSON as it crosses gRPC: secrets, unknowns, assets and references are objects or strings with a signature. */
export type Wire = JavaScriptValue;
export type WireObject = { [name: string]: Wire };

/** The engine's signatures: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/properties.go, .../sdk/go/common/resource/plugin/rpc.go */
export const signatureKey = "4dabf18193072939515e22adb298388d";
export const signatures = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
} as const;

/** A value that a preview does not know yet; what the SDK sends, and what this plugin answers. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One sentinel a kind, as the engine sends them: string, bool, number, list, asset, archive, object. */
const unknowns: ReadonlySet<Wire> = new Set([
  unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export const isUnknown = (value: Wire | undefined): boolean => value !== undefined && unknowns.has(value);

export const isWireObject = (value: Wire | undefined): value is WireObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const signatureOf = (value: Wire | undefined): string | undefined => {
  const signature = isWireObject(value) ? value[signatureKey] : undefined;
  return typeof signature === "string" ? signature : undefined;
};

/** An asset or an archive: compared by hash, never looked into as if it were an object of the program's. */
export const isContent = (value: Wire | undefined): value is WireObject => {
  const signature = signatureOf(value);
  return signature === signatures.asset || signature === signatures.archive;
};

/** Properties without their wrappings, and the names of those that hold a secret at any depth. */
export interface Opened {
  readonly values: WireObject;
  readonly secrets: ReadonlySet<string>;
}

export const open = (struct: Struct | undefined): Opened => openObject(struct === undefined ? {} : struct.toJavaScript());

export function openObject(from: WireObject): Opened {
  const values: WireObject = {};
  const secrets = new Set<string>();
  for (const [name, wrapped] of Object.entries(from)) {
    const value = unwrap(wrapped, () => secrets.add(name));
    if (value !== null) values[name] = value;
  }
  return { values, secrets };
}

/** Nulls in objects are dropped: for the engine, null and absent are the same. */
function unwrap(value: Wire, secretFound: () => void): Wire {
  if (Array.isArray(value)) return value.map((item) => unwrap(item, secretFound));
  if (!isWireObject(value)) return value;
  switch (signatureOf(value)) {
    case signatures.secret:
      secretFound();
      return unwrap(value.value ?? null, secretFound);
    case signatures.output:
      if (value.secret === true) secretFound();
      return value.value === undefined ? unknown : unwrap(value.value, secretFound);
    case signatures.resource:
      return value.id === "" || value.id === undefined ? unknown : unwrap(value.id, secretFound);
  }
  const result: WireObject = {};
  for (const [name, item] of Object.entries(value)) {
    const plain = unwrap(item, secretFound);
    if (plain !== null) result[name] = plain;
  }
  return result;
}

/** Properties with the named ones as secrets, for the engine to encrypt. */
export function seal(values: WireObject, secrets: ReadonlySet<string>): Struct {
  const result: WireObject = {};
  for (const [name, value] of Object.entries(values)) {
    result[name] = secrets.has(name) ? { [signatureKey]: signatures.secret, value } : value;
  }
  return Struct.fromJavaScript(result);
}
