import type { ObjectStore } from "../../lambdas/shared/objects";

/** What a bucket does in place of answering: undefined lets the call through. */
export type Fault = (method: "put" | "get", key: string) => (() => Promise<never>) | undefined;

/** A bucket that fails as it is told, call by call: what S3's client throws when its own repetitions are used up. */
export const faultyObjects = (store: ObjectStore, fault: Fault): ObjectStore => ({
  bucket: store.bucket,
  put: async (key, body, options) => (await fault("put", key)?.()) ?? store.put(key, body, options),
  get: async (key, versionId) => (await fault("get", key)?.()) ?? store.get(key, versionId),
  head: (key, versionId) => store.head(key, versionId),
  list: (prefix, startAfter) => store.list(prefix, startAfter),
  versions: (prefix) => store.versions(prefix),
  lock: (key, versionId, lock) => store.lock(key, versionId, lock),
});

/** An error with the status that S3 answered. */
export const s3Error = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
