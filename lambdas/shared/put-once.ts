import { sha256Hex } from "../../recovery/checksum";
import { LifeboatError } from "../../recovery/errors";
import type { ObjectStore, PutOptions } from "./objects";

/**
 * Writes an object that must never be overwritten. The same content under the key is success: the SDK repeats a request
 * whose answer was lost, and then finds its own object. Other content is refused. Returns the version and the SHA-256.
 */
export const putOnce = async (
  store: ObjectStore,
  key: string,
  body: Uint8Array | string,
  options: Omit<PutOptions, "ifAbsent">,
): Promise<{ readonly versionId: string; readonly sha256: string }> => {
  const result = await store.put(key, body, { ...options, ifAbsent: true });
  if (result.written) return { versionId: result.versionId, sha256: result.sha256 };
  const sha256 = options.sha256 ?? sha256Hex(body);
  const present = await store.get(key);
  if (present !== undefined && sha256Hex(present.bytes) === sha256) return { versionId: present.versionId, sha256 };
  throw new LifeboatError({
    code: "internal",
    what: `s3://${store.bucket}/${key} is written once, and something else stands there`,
    received:
      present === undefined
        ? "an object that was gone when it was read"
        : `${present.sizeBytes} bytes of ${present.lastModified.toISOString()}`,
    allowed: "no object, or the same content",
    hint: "Run it again: it takes a new id",
  });
};
