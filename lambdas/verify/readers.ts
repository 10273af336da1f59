import { KMSClient } from "@aws-sdk/client-kms";
import type { ExportKind } from "../../recovery/catalogue/export";
import { LifeboatError } from "../../recovery/errors";
import type { Store } from "../../recovery/store";
import { decodePart } from "../chroma/parquet";
import { kmsOpener } from "../configuration/data-keys";
import { chromaContent } from "./chroma/content";
import { configurationContent } from "./configuration/content";
import { readDump } from "./postgres/read-dump";
import type { ReadContent } from "./reader";

export type Readers = Readonly<Partial<Record<ExportKind["store"], ReadContent>>>;

/** How the content of each store's exports is read back. A kind that is sealed and has no reader is never proven. */
export const READERS: Readers = {
  chroma: chromaContent(decodePart),
  postgres: readDump,
  configuration: configurationContent(kmsOpener(new KMSClient({}))),
};

export const readerOf = (readers: Readers, store: Store): ReadContent => {
  const reader = readers[store];
  if (reader !== undefined) return reader;
  throw new LifeboatError({
    code: "internal",
    what: `Nobody reads exports of ${store} back`,
    received: store,
    allowed: Object.keys(readers).join(", "),
    hint: "Add its reader to lambdas/verify/readers.ts: without one its points are never restored from",
  });
};
