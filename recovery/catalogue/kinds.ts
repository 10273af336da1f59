import { CHROMA_EXPORT } from "../chroma/manifest";
import { CONFIGURATION_EXPORT } from "../configuration/manifest";
import { POSTGRES_DUMP } from "../postgres/dump-export";
import type { ExportKind } from "./export";

/** Every kind of export that is sealed in the vault. Staging replicates these prefixes and no other. */
export const EXPORT_KINDS: readonly ExportKind[] = [CHROMA_EXPORT, CONFIGURATION_EXPORT, POSTGRES_DUMP];

export const kindOf = (store: ExportKind["store"]): ExportKind | undefined => EXPORT_KINDS.find((kind) => kind.store === store);

/** The export that an object of the vault belongs to; undefined for the catalogue's own objects. */
export const exportOfKey = (key: string): { readonly kind: ExportKind; readonly pointId: string } | undefined => {
  for (const kind of EXPORT_KINDS) {
    if (!key.startsWith(kind.prefix)) continue;
    const [pointId, ...rest] = key.slice(kind.prefix.length).split("/");
    if (pointId !== undefined && pointId !== "" && rest.length > 0) return { kind, pointId };
  }
  return undefined;
};
