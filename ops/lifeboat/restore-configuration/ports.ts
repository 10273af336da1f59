import type { OpenDataKey } from "../../../lambdas/configuration/data-keys";
import type { ObjectStore } from "../../../lambdas/shared/objects";
import type { CatalogueReader } from "../../../recovery/catalogue/select";
import type { ParameterRecord, SecretRecord } from "../../../recovery/configuration/records";

/** `present`: something has this name, and it stays as it is. */
export type Made = { readonly made: true; readonly id: string } | { readonly made: false; readonly present: string };

/** Where secrets and parameters are made. Nothing that is there is ever overwritten. */
export interface Target {
  secret(record: SecretRecord, name: string): Promise<Made>;
  parameter(record: ParameterRecord, name: string): Promise<Made>;
}

/** Where a bundle or files go. Each is written whole, or not at all. */
export interface Folder {
  /** Resolves to the file's path, or undefined when there is one of this name. */
  write(name: string, parts: AsyncIterable<Uint8Array>): Promise<string | undefined>;
}

export interface RestoreConfigurationTools {
  readonly vault: ObjectStore;
  readonly catalogue: CatalogueReader;
  readonly openDataKey: OpenDataKey;
  readonly target: Target;
  readonly folder?: Folder;
  /** A line for who waits. */
  readonly say: (line: string) => void;
}
