import { objectStoreConformance } from "../../conformance/objects";
import { MemoryObjects } from "../../support/memory-objects";
import { clockAt } from "../lambdas/support/clock";

objectStoreConformance("in memory, with what replication does", async () => {
  const store = new MemoryObjects("bucket", clockAt("2026-11-24T10:00:00.000Z").now);
  return { store, remove: async (key) => void store.add(key, undefined) };
});

it("refuses to shorten a lock, as S3 does", async () => {
  const store = new MemoryObjects("bucket", clockAt("2026-11-24T10:00:00.000Z").now);
  const { versionId } = store.add("a", "text");
  await store.lock("a", versionId, { mode: "GOVERNANCE", until: new Date("2027-01-01") });

  await expect(store.lock("a", versionId, { mode: "GOVERNANCE", until: new Date("2026-12-01") })).rejects.toThrow("AccessDenied");
});
