import { ContentFault, type PartStream } from "./part-stream";

export interface BundleHeader {
  /** By ref, HEAD among them where the bundle has it. */
  readonly refs: Readonly<Record<string, string>>;
  /** Objects that the bundle needs and does not hold: of a whole repository none. */
  readonly prerequisites: readonly string[];
  readonly hash: "sha1" | "sha256";
}

const END = Buffer.from("\n\n");
/** Refs are a hundred bytes each: this is a million of them. */
const MAX_HEADER_BYTES = 128 * 1024 * 1024;

/** Reads a bundle up to its pack. https://git-scm.com/docs/gitformat-bundle */
export const readBundleHeader = async (stream: PartStream): Promise<BundleHeader> => {
  let shown = await stream.need(1);
  let end = shown.indexOf(END);
  while (end === -1) {
    const more = await stream.need(shown.byteLength + 1);
    if (more.byteLength === shown.byteLength || more.byteLength > MAX_HEADER_BYTES)
      throw new ContentFault("it is no bundle: its header does not end");
    // What ends the header may lie across two parts.
    const from = Math.max(0, shown.byteLength - 1);
    shown = more;
    end = shown.indexOf(END, from);
  }
  const lines = shown.subarray(0, end).toString("utf8").split("\n");
  stream.take(end + END.byteLength);
  return headerOf(lines);
};

const headerOf = ([signature = "", ...lines]: readonly string[]): BundleHeader => {
  if (signature !== "# v2 git bundle" && signature !== "# v3 git bundle")
    throw new ContentFault(`it is no bundle: it begins with ${JSON.stringify(signature.slice(0, 40))}`);
  const refs: Record<string, string> = {};
  const prerequisites: string[] = [];
  let hash: BundleHeader["hash"] = "sha1";
  for (const line of lines) {
    if (line.startsWith("@")) {
      if (line === "@object-format=sha256") hash = "sha256";
      else if (line !== "@object-format=sha1") throw new ContentFault(`it asks for what is not known here: ${line}`);
    } else if (line.startsWith("-")) prerequisites.push(line.slice(1).split(" ")[0] ?? "");
    else {
      const space = line.indexOf(" ");
      refs[line.slice(space + 1)] = line.slice(0, space);
    }
  }
  return { refs, prerequisites, hash };
};
