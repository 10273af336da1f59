import type { S3Client } from "@aws-sdk/client-s3";
import { type LedgerEntry, writeKey } from "../../recovery/evidence/ledger";
import { type ComparisonFacts, compare, type Validation } from "./compare";
import { readDocuments } from "./recovered-documents";
import { type RecoveredDatabaseAccess, readDatabase } from "./recovered-postgres";
import { readVectors } from "./recovered-vectors";

export interface ValidateOptions extends ComparisonFacts {
  /** Read after the stores, so that whatever was seen in them has been noted. */
  readonly ledger: () => Promise<readonly LedgerEntry[]>;
  readonly documents: { readonly client: S3Client; readonly bucket: string };
  readonly chroma: { readonly url: string };
  readonly postgres: RecoveredDatabaseAccess;
  /** The application's own embedding: what a recovered document's vector must be. */
  readonly embed: (document: string) => Float32Array;
}

/** Reads everything back from the recovered stores and compares it with the ledger. Only what was written before the disaster is compared. */
export const validateAgainstLedger = async (options: ValidateOptions): Promise<Validation> => {
  // In the opposite order of the writes: what a row points to was there before it, and is there when it is read later.
  const database = await readDatabase(options.postgres);
  const vectors = await readVectors(options.chroma.url, options.embed);
  const documents = await readDocuments(options.documents.client, options.documents.bucket);
  const digests = new Map([...documents].map(([key, digest]) => [writeKey({ store: "objects", key }), digest]));
  return compare(options, await options.ledger(), { database, vectors, documents: digests });
};
