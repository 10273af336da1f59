import { sha256Hex } from "../../recovery/checksum";
import type { ObjectsContent, RecordEntry } from "../../recovery/configuration/manifest";
import type { ObjectRecord, ParameterRecord, SecretRecord } from "../../recovery/configuration/records";
import type { Subject } from "../../recovery/configuration/subjects";

/** One thing of a subject as a listing shows it. */
export interface Listed {
  readonly name: string;
  /** Changes with it: ids, labels and times of versions, or a digest that nobody can try values against; never a value. */
  readonly fingerprint: string;
  readonly versions: RecordEntry["versions"];
}

interface SourceOf<Content> {
  readonly subject: Subject;
  /** Everything that there is, whole. */
  list(): Promise<readonly Listed[]>;
  read(listed: Listed): Promise<Content>;
}

/** Secrets or parameters of one region. */
export interface RecordSource extends SourceOf<SecretRecord | ParameterRecord> {
  readonly kind: "secrets" | "parameters";
  readonly region: string;
}

/** Objects of a namespace of a Kubernetes cluster, in the order in which they are made again. */
export interface ObjectSource extends SourceOf<ObjectRecord> {
  readonly kind: "objects";
  /** The cluster's. */
  readonly region: string;
  /** What the last listing was of. */
  about(): Pick<ObjectsContent, "cluster" | "namespace" | "kubernetes">;
}

/** Files that are copied as they are. */
export interface FileSource extends SourceOf<Uint8Array> {
  readonly kind: "files";
  readonly bucket: string;
}

export type Source = RecordSource | ObjectSource | FileSource;

/** What tells one state of a source from another. */
export const digestOf = (listed: readonly Listed[]): string =>
  sha256Hex(JSON.stringify([...listed].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, fingerprint }) => [name, fingerprint])));
