import { sha256Hex } from "../checksum";
import { messageOf } from "../errors";
import { type Authenticator, open } from "./authenticity";

/** One version of an object of the catalogue. */
export interface WrittenObject {
  readonly key: string;
  readonly text: string;
}

/** What reading the catalogue needs of the vault. */
export interface CatalogueReader {
  /** Keys in ascending order, page by page. One that a delete marker hides is there all the same: what was sealed cannot be taken back by it. */
  keys(prefix: string): AsyncIterable<string>;
  /** The text of the current object; undefined when there is none. Any other failure is thrown. */
  read(key: string): Promise<string | undefined>;
  /** Everything that was written under the keys of a prefix: keys ascending, of one key the oldest first. Each is read only when it is asked for. */
  versions(prefix: string): AsyncIterable<WrittenObject>;
  /** Tells what was written by those that keep the catalogue from what was not. */
  readonly authenticator: Authenticator;
}

/** An object of the catalogue that was written by one who may, as its schema types it. */
export interface Authentic<T> {
  readonly value: T;
  /** SHA-256 of its text: what a proof and a plan name it by. */
  readonly sha256: string;
}

export interface Found<T> {
  /** Undefined when nothing under the key is authentic. */
  readonly first?: Authentic<T>;
  /** What is wrong with the versions that were passed over, oldest first. */
  readonly strangers: readonly string[];
}

/**
 * What counts under a key is the oldest authentic version: objects of the catalogue are written once, so a later version, a delete marker, or a forgery
 * that came first changes nothing.
 */
export const firstAuthentic = async <T>(
  catalogue: CatalogueReader,
  schema: { parse(data: unknown): T },
  key: string,
): Promise<Found<T>> => {
  const strangers: string[] = [];
  for await (const written of catalogue.versions(key)) {
    if (written.key !== key) continue;
    const opened = await openAs(catalogue.authenticator, schema, written);
    if (opened.found !== undefined) return { first: opened.found, strangers };
    strangers.push(opened.problem);
  }
  return { strangers };
};

export type OpenedAs<T> =
  | { readonly found: Authentic<T>; readonly problem?: undefined }
  | { readonly found?: undefined; readonly problem: string };

export const openAs = async <T>(
  authenticator: Authenticator,
  schema: { parse(data: unknown): T },
  { key, text }: WrittenObject,
): Promise<OpenedAs<T>> => {
  const opened = await open(authenticator, key, text);
  if (opened.problem !== undefined) return { problem: opened.problem };
  try {
    return { found: { value: schema.parse(opened.content), sha256: sha256Hex(text) } };
  } catch (error) {
    return { problem: messageOf(error).replace(/\s+/g, " ").slice(0, 200) };
  }
};
