import type { ListedObject, ListedVersion, ObjectStore } from "../../lambdas/shared/objects";
import { sha256Hex } from "../../recovery/checksum";

export interface BucketUnderTest {
  /** A versioned bucket with Object Lock. */
  readonly store: ObjectStore;
  /** Deletes as an application does: a marker on top. */
  remove(key: string): Promise<void>;
}

/** What every ObjectStore does. `open` is called once; each test keeps to a prefix of its own. */
export const objectStoreConformance = (name: string, open: () => Promise<BucketUnderTest>): void => {
  describe(`ObjectStore: ${name}`, () => {
    let bucket: BucketUnderTest;
    let store: ObjectStore;
    beforeAll(async () => {
      bucket = await open();
      store = bucket.store;
    });

    const text = { contentType: "text/plain" };

    test("an object comes back byte for byte, with its size, type and SHA-256", async () => {
      const body = Uint8Array.from({ length: 300 }, (_, index) => index % 256);

      const put = await store.put("bytes/a", body, { contentType: "application/x-test" });
      const [got, head] = [await store.get("bytes/a"), await store.head("bytes/a")];

      expect(put).toEqual({ written: true, versionId: expect.any(String), sha256: sha256Hex(body) });
      expect(got).toMatchObject({ key: "bytes/a", versionId: put.versionId, sizeBytes: 300, contentType: "application/x-test" });
      expect(Buffer.from(got?.bytes ?? []).equals(Buffer.from(body))).toBe(true);
      expect(head).toMatchObject({ versionId: put.versionId, sizeBytes: 300, sha256: sha256Hex(body) });
    });

    test("an empty object is an object", async () => {
      await store.put("empty/a", "", text);

      expect((await store.get("empty/a"))?.bytes.byteLength).toBe(0);
    });

    test("what does not exist is undefined: a key, a version, a deleted key", async () => {
      const put = await store.put("absent/deleted", "x", text);
      await bucket.remove("absent/deleted");

      expect(await store.get("absent/never")).toBeUndefined();
      expect(await store.head("absent/never")).toBeUndefined();
      expect(await store.get("absent/deleted")).toBeUndefined();
      expect((await store.get("absent/deleted", put.versionId))?.sizeBytes).toBe(1);
    });

    test("ifAbsent keeps what is there", async () => {
      const first = await store.put("once/a", "first", { ...text, ifAbsent: true });
      const second = await store.put("once/a", "second", { ...text, ifAbsent: true });

      expect(first.written).toBe(true);
      expect(second).toEqual({ written: false });
      expect(Buffer.from((await store.get("once/a"))?.bytes ?? []).toString()).toBe("first");
    });

    test("an overwritten version is still there by its id", async () => {
      const first = await store.put("versions/a", "first", text);
      const second = await store.put("versions/a", "second", text);

      expect(first.versionId).not.toBe(second.versionId);
      expect(Buffer.from((await store.get("versions/a", first.versionId))?.bytes ?? []).toString()).toBe("first");
      expect((await store.get("versions/a"))?.versionId).toBe(second.versionId);
    });

    test("lists current objects in key order, from a key on, without the deleted ones", async () => {
      const keys = ["list/a", "list/b", "list/c/d", "list/e", "list/f"];
      for (const key of keys) await store.put(key, "x", text);
      await store.put("listed-not/a", "x", text);
      await bucket.remove("list/b");

      expect((await collect<ListedObject>(store.list("list/"))).map(({ key }) => key)).toEqual(["list/a", "list/c/d", "list/e", "list/f"]);
      expect((await collect<ListedObject>(store.list("list/", "list/c/d"))).map(({ key }) => key)).toEqual(["list/e", "list/f"]);
      expect(await collect<ListedObject>(store.list("none/"))).toEqual([]);
    });

    test("lists versions from a key on, without its versions", async () => {
      for (const key of ["from/a", "from/b", "from/b", "from/c"]) await store.put(key, "x", text);

      const listed = await collect<ListedVersion>(store.versions("from/", "from/b"));

      expect(listed.map(({ key }) => key)).toEqual(["from/c"]);
    });

    test("lists versions and markers, newest first in a key", async () => {
      const first = await store.put("history/a", "1", text);
      const second = await store.put("history/a", "22", text);
      await bucket.remove("history/a");
      await store.put("history/b", "1", text);

      const listed = await collect<ListedVersion>(store.versions("history/"));

      expect(listed.map(({ key, isLatest, isDeleteMarker }) => ({ key, isLatest, isDeleteMarker }))).toEqual([
        { key: "history/a", isLatest: true, isDeleteMarker: true },
        { key: "history/a", isLatest: false, isDeleteMarker: false },
        { key: "history/a", isLatest: false, isDeleteMarker: false },
        { key: "history/b", isLatest: true, isDeleteMarker: false },
      ]);
      expect(
        listed
          .map(({ versionId }) => versionId)
          .slice(1, 3)
          .sort(),
      ).toEqual([first.versionId, second.versionId].sort());
    });

    test("a lock is set with the object or later, and is read back", async () => {
      const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000);
      const lock = { mode: "GOVERNANCE", until } as const;
      await store.put("lock/a", "x", { ...text, lock });
      const later = await store.put("lock/b", "x", text);

      await store.lock("lock/b", later.versionId ?? "", lock);

      expect((await store.head("lock/a"))?.lock).toEqual(lock);
      expect((await store.head("lock/b", later.versionId))?.lock).toEqual(lock);
    });
  });
};

const collect = async <Item>(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const page of pages) items.push(...page);
  return items;
};
