import { createHash } from "node:crypto";
import { noDeadline } from "../../../../../lambdas/shared/deadline";
import { type DigestReader, digestOf } from "../../../../../lambdas/verify/documents/digest";
import { CARRIED, type DocumentsDue, type DocumentTools, rotateDocuments } from "../../../../../lambdas/verify/documents/rotate";
import { type DocumentsReading, overdue, type Reading } from "../../../../../recovery/catalogue/reading";
import { LifeboatError } from "../../../../../recovery/errors";
import { MemoryObjects } from "../../../../support/memory-objects";
import { memoryLog } from "../../support/log";

const NOW = new Date("2026-11-24T22:00:00.000Z");
const LATER = new Date("2027-11-24T22:00:00.000Z");

interface Document {
  readonly content: string;
  /** What S3 keeps of it: its digest, another one's, or none. */
  readonly kept?: "sha256" | "crc32" | "another";
  readonly unlocked?: boolean;
  /** What the live-ready replica holds. */
  readonly replica?: string;
}

const bytesOf = (content: string) => [Buffer.from(content)];

const readerOf = (contents: ReadonlyMap<string, Document>, contentOf: (document: Document) => string | undefined): DigestReader => ({
  async stored(key) {
    const document = contents.get(key);
    const content = document === undefined ? undefined : contentOf(document);
    if (document === undefined || content === undefined) return undefined;
    const digest = await digestOf(streamOf(content), noDeadline);
    return {
      ...{ versionId: "v1", sizeBytes: Buffer.byteLength(content) },
      ...(document.unlocked === true ? {} : { lockedUntil: LATER }),
      ...(document.kept === "sha256" ? { sha256: digest.sha256 } : {}),
      ...(document.kept === "crc32" ? { crc32: digest.crc32 } : {}),
      ...(document.kept === "another" ? { sha256: createHash("sha256").update("other").digest("base64") } : {}),
    };
  },
  async read(key, _versionId, deadline) {
    const document = contents.get(key);
    const content = document === undefined ? undefined : contentOf(document);
    return content === undefined ? undefined : digestOf(streamOf(content), deadline);
  },
  async range(key, _versionId, from, to) {
    const document = contents.get(key);
    const content = document === undefined ? undefined : contentOf(document);
    return content === undefined ? undefined : Buffer.from(content).subarray(from, to);
  },
});

async function* streamOf(content: string): AsyncIterable<Uint8Array> {
  yield* bytesOf(content);
}

const prepare = (documents: Readonly<Record<string, Document>>) => {
  const contents = new Map(Object.entries(documents));
  const listed = new MemoryObjects("documents-vault");
  for (const [key, { content }] of contents) listed.add(key, content);
  const refusals: string[] = [];
  let time = Number.POSITIVE_INFINITY;
  const tools: DocumentTools = {
    sizes: { largeBytes: 1000, rangeBytes: 128 },
    ...{ listed, now: () => NOW, log: memoryLog().log, refused: async () => void refusals.push("refused") },
    vault: readerOf(contents, ({ content }) => content),
    replica: readerOf(contents, ({ replica }) => replica),
    deadline: () => {
      time -= 1;
      if (time < 0) throw new LifeboatError({ code: "interrupted", what: "the time is over", hint: "call again" });
    },
  };
  const run = (runs: number, slots: readonly number[], before: Partial<DocumentsDue> = {}, reads = Number.POSITIVE_INFINITY, tick = 7) => {
    time = reads;
    return rotateDocuments(tools, { runs, slots, tick, left: [], ...before });
  };
  return { refusals, run, tools };
};

it("says of each document what its bytes were compared with", async () => {
  const { refusals, run } = prepare({
    "a.md": { content: "a", kept: "sha256" },
    "b.md": { content: "b", kept: "crc32" },
    "c.md": { content: "c", replica: "c" },
    "d.md": { content: "d", replica: "x" },
    "e.md": { content: "e" },
  });

  const reading = await run(1, [0]);

  expect(reading).toMatchObject({ read: 5, bytes: 5, faults: 0, confirmedBy: { sha256: 1, crc32: 1, replica: 1, nothing: 2 }, left: [] });
  expect(refusals).toEqual([]);
});

it.each<[string, Document, RegExp]>([
  ["whose bytes are not what S3 kept the digest of", { content: "a", kept: "another" }, /SHA-256/],
  ["that is not locked", { content: "a", unlocked: true }, /not locked/],
])("names a document %s, and tells the alarm", async (_what, document, reason) => {
  const { refusals, run } = prepare({ "a.md": document, "b.md": { content: "b", kept: "sha256" } });

  const reading = await run(1, [0]);

  expect(reading.faulty).toEqual([{ key: "a.md", reason: expect.stringMatching(reason) }]);
  expect(reading).toMatchObject({ read: 2, faults: 1 });
  expect(refusals).toHaveLength(1);
});

it("reads everything in N runs, and goes on where the time was over", async () => {
  const keys = Array.from({ length: 30 }, (_, number) => `document-${String(number).padStart(2, "0")}.md`);
  const { run } = prepare(Object.fromEntries(keys.map((key) => [key, { content: key, kept: "sha256" }])));

  // A document is asked for twice: before it is read, and behind its chunk.
  const short = await run(3, [0], {}, 4);
  const rest = await run(3, [1], short);
  const last = await run(3, [2], rest);

  expect(short.read).toBe(2);
  expect(short.left).toEqual([{ slots: [0], after: expect.stringMatching(/^document-/), since: 7 }]);
  expect(rest.left).toEqual([]);
  expect(short.read + rest.read + last.read).toBe(keys.length);
});

const readingAt = (tick: number, runs: number, documents: DocumentsReading): Reading => ({
  ...{ schema: "lifeboat/reading/1", system: "acme", startedAt: NOW.toISOString(), finishedAt: NOW.toISOString() },
  ...{ rotation: { runs, tick, slots: [0] }, passed: [], failed: [], expired: [], left: [], documents },
});

it("goes on behind a document that cannot be read now, carries it to the next runs, and reads it once it can be", async () => {
  const { run, tools } = prepare({ "a.md": { content: "a" }, "b.md": { content: "b", kept: "sha256" } });
  const { read } = tools.vault;
  tools.vault.read = async (key, ...rest) => {
    if (key === "a.md") throw new Error("503 SlowDown");
    return read(key, ...rest);
  };
  const unread = [{ key: "a.md", reason: "503 SlowDown", since: 7 }];

  const first = await run(3, [0, 1, 2]);
  const second = await run(3, [], first, undefined, 9);
  const third = await run(3, [0, 1, 2], second, undefined, 10);
  tools.vault.read = read;
  const last = await run(3, [], third, undefined, 11);

  expect(first).toMatchObject({ read: 1, unread, faults: 0 });
  expect(second).toMatchObject({ read: 0, unread });
  expect(third).toMatchObject({ read: 1, unread });
  expect(last).toMatchObject({ read: 1, unread: [] });
  expect(overdue(readingAt(9, 3, second))).toEqual([]);
  expect(overdue(readingAt(10, 3, third))).toEqual(["the document a.md: 503 SlowDown"]);
});

it("of which none can be read stops where no more can be carried, leaves nothing out, and is overdue after a rotation", async () => {
  const keys = Array.from({ length: CARRIED + 50 }, (_, number) => `document-${String(number).padStart(4, "0")}.md`);
  const { run, tools } = prepare(Object.fromEntries(keys.map((key) => [key, { content: key, kept: "sha256" }])));
  const { stored } = tools.vault;
  tools.vault.stored = async () => Promise.reject(new Error("AccessDenied by KMS"));

  const denied = await run(1, [0]);
  const still = await run(1, [0], denied, undefined, 8);
  tools.vault.stored = stored;
  const allowed = await run(1, [], still, undefined, 9);

  expect(denied).toMatchObject({ read: 0, left: [{ slots: [0], since: 7 }] });
  expect(denied.unread).toHaveLength(CARRIED);
  expect(overdue(readingAt(8, 1, still))).toHaveLength(1 + CARRIED);
  expect(allowed.read).toBeGreaterThanOrEqual(keys.length);
  expect(allowed).toMatchObject({ unread: [], left: [] });
});

it("leaves its slots to the next run when the bucket cannot be listed", async () => {
  const { run, tools } = prepare({ "a.md": { content: "a" } });
  Object.assign(tools.listed, {
    list: () => {
      throw new Error("AccessDenied");
    },
  });

  expect(await run(1, [0])).toMatchObject({ read: 0, left: [{ slots: [0], after: "", since: 7 }] });
});

describe("a document that is larger than a run's time suffices for", () => {
  const content = Array.from({ length: 3000 }, (_, index) => index % 10).join("");

  it.each<[string, Document, string]>([
    ["SHA-256", { content, kept: "sha256" }, "sha256"],
    ["CRC-32", { content, kept: "crc32" }, "crc32"],
    ["replica", { content, replica: content }, "replica"],
    ["nothing, because its replica is another", { content, replica: `${content.slice(0, -1)}x` }, "nothing"],
  ])("is read over several runs, after the others, and confirmed by its %s", async (_what, document, confirmedBy) => {
    const { run, refusals } = prepare({ "a.bin": document, "b.md": { content: "b", kept: "sha256" } });

    const readings = [await run(1, [0], {}, 10)];
    for (let last = readings[0]; last !== undefined && last.large.length > 0 && readings.length < 10; last = readings.at(-1))
      readings.push(await run(1, [], last, 10, 7 + readings.length));

    // Two are asked for by the small one: eight ranges of 24.
    expect(readings[0]).toMatchObject({ read: 1, large: [{ key: "a.bin", since: 7, reached: { readBytes: 8 * 128 } }], left: [] });
    expect(readings.length).toBe(3);
    expect(readings.at(-1)).toMatchObject({ read: 1, bytes: 3000, large: [], faults: 0, confirmedBy: { [confirmedBy]: 1 } });
    expect(refusals).toEqual([]);
  });

  it("is told when its bytes are not what S3 keeps the digest of", async () => {
    const { run, refusals } = prepare({ "a.bin": { content, kept: "another" } });

    expect((await run(1, [0])).faulty).toEqual([{ key: "a.bin", reason: expect.stringMatching(/SHA-256/) }]);
    expect(refusals).toHaveLength(1);
  });

  it("is begun anew when it was overwritten in between", async () => {
    const { run, tools } = prepare({ "a.bin": { content, kept: "sha256" } });
    const begun = await run(1, [0], {}, 8);
    const { stored } = tools.vault;
    tools.vault.stored = async (key) => {
      const found = await stored(key);
      return found === undefined ? undefined : { ...found, versionId: "v2" };
    };

    const again = await run(1, [], begun, 4, 8);

    expect(begun.large[0]?.reached).toMatchObject({ versionId: "v1", readBytes: 8 * 128 });
    expect(again.large[0]?.reached).toMatchObject({ versionId: "v2", readBytes: 4 * 128 });
  });

  it("goes on where a fault stopped it, is overdue after a rotation, and keeps no other large one from being read", async () => {
    const { run, tools } = prepare({ "a.bin": { content, kept: "sha256" }, "b.bin": { content, kept: "sha256" } });
    const { range } = tools.vault;
    tools.vault.range = async (key, versionId, from, to) =>
      key === "a.bin" && from >= 256 ? Promise.reject(new Error("503 SlowDown")) : range(key, versionId, from, to);

    const reading = await run(1, [0]);

    expect(reading).toMatchObject({ read: 1, large: [{ key: "a.bin", since: 7, reached: { readBytes: 256 } }] });
    expect(overdue(readingAt(8, 1, reading))).toEqual(["the document a.bin: 256 bytes of it were read"]);
  });
});

it("a document that is longer than the time that remains is left to the next run in the middle of its reading", async () => {
  const { run } = prepare({ "a.md": { content: "a", kept: "sha256" }, "b.md": { content: "b", kept: "sha256" } });

  const cut = await run(1, [0], {}, 3);

  expect(cut).toMatchObject({ read: 1, left: [{ slots: [0], after: "a.md", since: 7 }], unread: [] });
});
