import { archiveFiles, assetBytes, hashOf } from "./content";
import { Archive, Asset, type Properties, type Value } from "./resource";
import { isContent, isUnknown, isWireObject, signatureKey, signatureOf, signatures, type Wire, type WireObject } from "./wire";

/**
 * `contents`: assets and archives are read, for a handler that creates or updates. `hashes`: they carry no bytes, for a state whose files may
 * be long gone.
 */
export type Reading = { readonly contents: string } | "hashes";

/** Where an asset came from, so that it returns to the state as it was given and later runs compare the same hash. */
const origins = new WeakMap<Asset | Archive, WireObject>();

/** Wire properties as a handler sees them; unknown values are left out, and a list with an unknown item as a whole. */
export async function toProperties(from: WireObject, reading: Reading): Promise<Properties> {
  const result: Record<string, Value> = {};
  for (const [name, wire] of Object.entries(from)) {
    const value = await toValue(wire, reading);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

async function toValue(wire: Wire, reading: Reading): Promise<Value | undefined> {
  if (isUnknown(wire)) return undefined;
  if (Array.isArray(wire)) {
    const items: Value[] = [];
    for (const item of wire) {
      const value = await toValue(item, reading);
      if (value === undefined) return undefined;
      items.push(value);
    }
    return items;
  }
  if (isContent(wire)) return toContent(wire, reading);
  return isWireObject(wire) ? toProperties(wire, reading) : wire;
}

async function toContent(wire: WireObject, reading: Reading): Promise<Asset | Archive> {
  const hash = typeof wire.hash === "string" ? wire.hash : "";
  const isAsset = signatureOf(wire) === signatures.asset;
  const content = isAsset
    ? new Asset(reading === "hashes" ? new Uint8Array() : await assetBytes(wire, reading.contents), hash)
    : new Archive(reading === "hashes" ? new Map() : await archiveFiles(wire, reading.contents), hash);
  origins.set(content, wire);
  return content;
}

/** A handler's properties for the engine. */
export function toWireObject(from: Properties): WireObject {
  const result: WireObject = {};
  for (const [name, value] of Object.entries(from)) {
    if (value !== undefined && value !== null) result[name] = toWire(value);
  }
  return result;
}

function toWire(value: Value): Wire {
  if (value instanceof Asset) return origins.get(value) ?? madeHere(value);
  if (value instanceof Archive) return origins.get(value) ?? archiveMadeHere(value);
  if (Array.isArray(value)) return value.map((item: Value) => toWire(item));
  if (typeof value === "object" && value !== null) return toWireObject(Object.fromEntries(Object.entries(value)));
  return value;
}

const madeHere = (asset: Asset): WireObject => ({
  [signatureKey]: signatures.asset,
  hash: asset.hash === "" ? hashOf(asset.bytes) : asset.hash,
  text: Buffer.from(asset.bytes).toString("utf8"),
});

const archiveMadeHere = (archive: Archive): WireObject => ({
  [signatureKey]: signatures.archive,
  hash: archive.hash,
  assets: Object.fromEntries([...archive.files].map(([name, bytes]) => [name, madeHere(new Asset(bytes))])),
});
