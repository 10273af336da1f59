import type { CatalogueReader } from "../../recovery/catalogue/select";
import { getText, type ObjectStore } from "./objects";

/** The catalogue of a vault. Keys are listed page by page and only as far as the reader goes on. */
export const catalogueOf = (vault: ObjectStore): CatalogueReader => ({
  async *keys(prefix) {
    for await (const page of vault.list(prefix)) for (const { key } of page) yield key;
  },
  read: (key) => getText(vault, key),
});
