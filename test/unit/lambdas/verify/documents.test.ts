import { createHash } from "node:crypto";
import { type DigestReader, digestOf } from "../../../../lambdas/verify/documents/digest";
import { type DocumentsDue, rotateDocuments } from "../../../../lambdas/verify/documents/rotate";
import { LifeboatError } from "../../../../recovery/errors";
import { MemoryObjects } from "../../../support/memory-objects";
import { memoryLog } from "../support/log";

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
    const digest = await digestOf(streamOf(content));
    return {
      ...{ versionId: "v1", sizeBytes: Buffer.byteLength(content) },
      ...(document.unlocked === true ? {} : { lockedUntil: LATER }),
      ...(document.kept === "sha256" ? { sha256: digest.sha256 } : {}),
      ...(document.kept === "crc32" ? { crc32: digest.crc32 } : {}),
      ...(document.kept === "another" ? { sha256: createHash("sha256").update("other").digest("base64") } : {}),
    };
  },
  async read(key) {
    const document = contents.get(key);
    const content = document === undefined ? undefined : contentOf(document);
    return content === undefined ? undefined : digestOf(streamOf(content));
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
  const tools = {
    ...{ listed, now: () => NOW, log: memoryLog().log, refused: async () => void refusals.push("refused") },
    vault: readerOf(contents, ({ content }) => content),
    replica: readerOf(contents, ({ replica }) => replica),
    deadline: () => {
      time -= 1;
      if (time < 0) throw new LifeboatError({ code: "interrupted", what: "the time is over", hint: "call again" });
    },
  };
  const run = (runs: number, slots: readonly number[], left: DocumentsDue["left"] = [], reads = Number.POSITIVE_INFINITY) => {
    time = reads;
    return rotateDocuments(tools, { runs, slots, tick: 7, left });
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

  const short = await run(3, [0], [], 2);
  const rest = await run(3, [1], short.left);
  const last = await run(3, [2], rest.left);

  expect(short.read).toBe(2);
  expect(short.left).toEqual([{ slots: [0], after: expect.stringMatching(/^document-/), since: 7 }]);
  expect(rest.left).toEqual([]);
  expect(short.read + rest.read + last.read).toBe(keys.length);
});

it("goes on behind a document that cannot be read now, and names it", async () => {
  const { run, tools } = prepare({ "a.md": { content: "a" }, "b.md": { content: "b", kept: "sha256" } });
  const { read } = tools.vault;
  tools.vault.read = async (key, versionId) => {
    if (key === "a.md") throw new Error("503 SlowDown");
    return read(key, versionId);
  };

  expect(await run(1, [0])).toMatchObject({ read: 1, unread: [{ key: "a.md", reason: "503 SlowDown" }], faults: 0 });
});

it("leaves its slots to the next run when the bucket cannot be listed", async () => {
  const { run, tools } = prepare({ "a.md": { content: "a" } });
  tools.listed.list = () => {
    throw new Error("AccessDenied");
  };

  expect(await run(1, [0])).toMatchObject({ read: 0, left: [{ slots: [0], after: "", since: 7 }] });
});
