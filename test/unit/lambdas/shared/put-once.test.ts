import { putOnce } from "../../../../lambdas/shared/put-once";
import { MemoryObjects } from "../../../support/memory-objects";

const json = { contentType: "application/json" };

describe("putOnce", () => {
  test("the same content again is success, and the same version", async () => {
    const store = new MemoryObjects("vault");

    const first = await putOnce(store, "a", "content", json);
    const second = await putOnce(store, "a", "content", json);

    expect(second).toEqual(first);
    expect(store.puts).toEqual(["a"]);
  });

  test("other content is refused, and what was there stays", async () => {
    const store = new MemoryObjects("vault");
    await putOnce(store, "a", "content", json);

    await expect(putOnce(store, "a", "other", json)).rejects.toThrow(/s3:\/\/vault\/a is written once/);

    expect(Buffer.from((await store.get("a"))?.bytes ?? []).toString()).toBe("content");
  });
});
