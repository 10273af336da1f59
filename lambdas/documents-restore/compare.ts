import type { ListedObject } from "../shared/objects";
import type { DocumentVersion } from "./as-of";

export type Compared =
  | { readonly kind: "missing" | "present"; readonly document: DocumentVersion }
  | { readonly kind: "foreign"; readonly key: string };

/** S3 lists in the order of UTF-8 bytes, JavaScript compares UTF-16 units: they differ beyond the basic plane. */
const byKey = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * What is wanted and what a bucket holds, side by side in key order: memory stays flat, and a listed page costs one request.
 * An object of another size than its document is foreign: it was not put there by this recovery.
 */
export async function* compare(wanted: AsyncIterable<DocumentVersion>, held: AsyncIterable<ListedObject>): AsyncIterable<Compared> {
  const holding = held[Symbol.asyncIterator]();
  let object = await holding.next();
  for await (const document of wanted) {
    while (object.done !== true && byKey(object.value.key, document.key) < 0) {
      yield { kind: "foreign", key: object.value.key };
      object = await holding.next();
    }
    if (object.done === true || object.value.key !== document.key) {
      yield { kind: "missing", document };
      continue;
    }
    yield object.value.sizeBytes === document.sizeBytes ? { kind: "present", document } : { kind: "foreign", key: document.key };
    object = await holding.next();
  }
  for (; object.done !== true; object = await holding.next()) yield { kind: "foreign", key: object.value.key };
}
