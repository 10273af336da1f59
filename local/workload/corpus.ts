import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { sha256Hex } from "../../recovery/checksum";
import { LifeboatError } from "../../recovery/errors";

/** A real text of this machine. */
export interface CorpusDocument {
  /** The path below the corpus's root, with forward slashes. */
  readonly name: string;
  readonly text: string;
}

export interface CorpusOptions {
  /** A directory with packages' Markdown and license files, such as node_modules. */
  readonly root: string;
  readonly documents?: number;
  /** Longer files are left out, so that no single one dominates. */
  readonly maxSizeBytes?: number;
}

export const DEFAULT_DOCUMENTS = 1000;
const DEFAULT_MAX_SIZE_BYTES = 256 * 1024;
const IS_TEXT = /^(?:.*\.(?:md|markdown|mdx)|(?:un)?licen[sc]e.*|copying.*|notice.*)$/i;
const IS_CODE = /\.(?:[cm]?[jt]s|map|json)$/i;

/** Texts below `root`, in the order of their paths, each content once. The same directory gives the same corpus. */
export const loadCorpus = async ({
  root,
  documents = DEFAULT_DOCUMENTS,
  maxSizeBytes = DEFAULT_MAX_SIZE_BYTES,
}: CorpusOptions): Promise<readonly CorpusDocument[]> => {
  const corpus: CorpusDocument[] = [];
  const seen = new Set<string>();
  for await (const path of textFiles(root)) {
    if (corpus.length >= documents) break;
    const text = await readText(path, maxSizeBytes);
    const digest = text === undefined ? undefined : sha256Hex(text);
    if (text === undefined || digest === undefined || seen.has(digest)) continue;
    seen.add(digest);
    corpus.push({ name: relative(root, path).split(sep).join("/"), text });
  }
  if (corpus.length >= documents) return corpus;
  throw new LifeboatError({
    code: "configuration",
    what: "There are too few texts for the workload",
    received: `${corpus.length} distinct Markdown and license files below ${root}`,
    allowed: `at least ${documents}`,
    hint: "Run npm ci, which brings the packages whose texts are used, or ask for fewer documents",
  });
};

async function* textFiles(directory: string): AsyncGenerator<string> {
  const entries = await readdir(directory, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(directory, entry.name);
    // Links are not followed: they would give a text twice, or lead in a circle. Hidden directories are package managers' caches.
    if (entry.isDirectory() && !entry.name.startsWith(".")) yield* textFiles(path);
    else if (entry.isFile() && IS_TEXT.test(entry.name) && !IS_CODE.test(entry.name)) yield path;
  }
}

/** The file's text; undefined when it is too long, blank, or not text: only what UTF-8 gives back byte for byte can be compared by digest. */
const readText = async (path: string, maxSizeBytes: number): Promise<string | undefined> => {
  if ((await stat(path)).size > maxSizeBytes) return undefined;
  const bytes = await readFile(path);
  const text = bytes.toString("utf8");
  const isText = text.trim() !== "" && !text.includes("\0") && Buffer.from(text).equals(bytes);
  return isText ? text : undefined;
};

export const CHUNK_CHARACTERS = 800;

/** Pieces of about `size` characters that together are the text. They end at a blank line, a line or a word where one is near. */
export const chunksOf = (text: string, size: number = CHUNK_CHARACTERS): readonly string[] => {
  const chunks: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = chunkEnd(text, start, size);
    chunks.push(text.slice(start, end));
    start = end;
  }
  return chunks;
};

const chunkEnd = (text: string, start: number, size: number): number => {
  const limit = start + size;
  if (limit >= text.length) return text.length;
  const window = text.slice(start, limit);
  for (const separator of ["\n\n", "\n", " "]) {
    const at = window.lastIndexOf(separator);
    if (at >= size / 2) return start + at + separator.length;
  }
  // Half of a surrogate pair is no text: it would not survive UTF-8.
  const last = text.charCodeAt(limit - 1);
  return last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit;
};
