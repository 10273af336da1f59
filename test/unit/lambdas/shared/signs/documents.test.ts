import { documentSigns } from "../../../../../lambdas/shared/signs/documents";
import { CANARY_KEY } from "../../../../../recovery/names";
import { MemoryObjects } from "../../../../support/memory-objects";
import { clockAt } from "../../support/clock";

const DAY = 86_400;

/** A bucket of documents that are two days old, thousand versions a page as in S3. */
const prepare = (documents: number) => {
  const clock = clockAt("2026-11-22T22:00:00.000Z");
  const bucket = new MemoryObjects("acme-documents", clock.now, 1000);
  const keys = Array.from({ length: documents }, (_, index) => `doc-${String(index).padStart(5, "0")}`);
  for (const key of keys) bucket.add(key, "sound");
  bucket.add(CANARY_KEY, "canary");
  clock.passSeconds(2 * DAY - 3600);
  return { clock, bucket, keys };
};

const look = async ({ bucket, clock }: ReturnType<typeof prepare>, changes: { readonly maxPages?: number } = {}) => {
  clock.passSeconds(3600);
  return documentSigns(bucket, { now: clock.now(), ...changes });
};

test("most of the older documents deleted or overwritten within a day are a sign since the first of them", async () => {
  const prepared = prepare(40);
  for (const key of prepared.keys.slice(0, 12)) prepared.bucket.add(key, undefined);
  for (const key of prepared.keys.slice(12, 20)) prepared.bucket.add(key, "scrambled");

  await expect(look(prepared)).resolves.toEqual([
    {
      kind: "document-changes",
      store: "objects",
      since: new Date("2026-11-24T21:00:00.000Z"),
      evidence: "of the first 40 documents older than a day, 12 were deleted and 8 overwritten since 2026-11-24T21:00:00.000Z",
      look: expect.stringContaining("--bucket acme-documents"),
    },
  ]);
});

test.each([
  ["fewer than half", (keys: readonly string[]) => keys.slice(0, 19)],
  ["new ones", () => Array.from({ length: 100 }, (_, index) => `new-${index}`)],
])("%s are none", async (_what, changed) => {
  const prepared = prepare(40);
  for (const key of changed(prepared.keys)) prepared.bucket.add(key, "today");

  await expect(look(prepared)).resolves.toEqual([]);
});

test("too few documents say nothing", async () => {
  const prepared = prepare(19);
  for (const key of prepared.keys) prepared.bucket.add(key, undefined);

  await expect(look(prepared)).resolves.toEqual([]);
});

test("damage behind the pages that are read is not seen", async () => {
  const prepared = prepare(3000);
  for (const key of prepared.keys.slice(1500)) prepared.bucket.add(key, undefined);

  await expect(look(prepared, { maxPages: 1 })).resolves.toEqual([]);
  await expect(look(prepared, { maxPages: 5 })).resolves.toHaveLength(1);
});
