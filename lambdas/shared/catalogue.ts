import type { CatalogueReader } from "../../recovery/catalogue/authentic";
import type { Authenticator } from "../../recovery/catalogue/authenticity";
import { getText, type ListedVersion, type ObjectStore } from "./objects";

/** The catalogue of a vault. Keys are listed page by page and only as far as the reader goes on. */
export const catalogueOf = (vault: ObjectStore, authenticator: Authenticator): CatalogueReader => ({
  authenticator,
  async *keys(prefix) {
    for await (const [oldest] of byKey(vault, prefix)) if (oldest !== undefined) yield oldest.key;
  },
  read: (key) => getText(vault, key),
  async *versions(prefix) {
    for await (const versions of byKey(vault, prefix))
      for (const { key, versionId } of versions) {
        const text = await getText(vault, key, versionId);
        if (text !== undefined) yield { key, text };
      }
  },
});

/** The versions of one key after the other, oldest first; delete markers are left out, and so are keys that have nothing else. */
async function* byKey(vault: ObjectStore, prefix: string): AsyncGenerator<readonly ListedVersion[]> {
  let ofKey: ListedVersion[] = [];
  for await (const page of vault.versions(prefix))
    for (const version of page) {
      if (version.isDeleteMarker) continue;
      if (ofKey[0] !== undefined && ofKey[0].key !== version.key) {
        yield ofKey;
        ofKey = [];
      }
      // S3 lists the newest first.
      ofKey.unshift(version);
    }
  if (ofKey.length > 0) yield ofKey;
}
