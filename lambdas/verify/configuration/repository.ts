import type { Check } from "../../../recovery/catalogue/point";
import { sha256Hex } from "../../../recovery/checksum";
import type { ConfigurationManifest, RepositoryContent } from "../../../recovery/configuration/manifest";
import type { Deadline } from "../../shared/deadline";
import { check, checkAll } from "../checks";
import type { PartReader } from "../reader";
import { readBundleHeader } from "./bundle-header";
import { readPack } from "./pack";
import { ContentFault, PartStream } from "./part-stream";

/** A bundle without a git: its refs are the manifest's, it needs nothing else, and its pack is whole, object by object. */
export const readRepository = async (
  { parts }: ConfigurationManifest,
  content: RepositoryContent,
  part: PartReader,
  deadline: Deadline,
): Promise<readonly Check[]> => {
  if (parts.length === 0) return [check("refs", 0, Object.keys(content.refs).length), check("objects", 0, content.objects)];
  const stream = new PartStream(
    parts.map(({ key }) => key),
    part,
  );
  try {
    const header = await readBundleHeader(stream);
    const { HEAD: head, ...refs } = header.refs;
    const pack = await readPack(stream, header.hash, deadline);
    return [
      checkAll("bundle readable", 1, []),
      check("refs", described(content.refs), described(refs)),
      // A bundle has it where the repository's HEAD leads to a commit.
      ...(head === undefined ? [] : [check("HEAD", content.head.oid ?? "none", head)]),
      check("objects that it needs from elsewhere", 0, header.prerequisites.length),
      check("objects", content.objects, pack.objects),
      check("the pack's checksum", pack.checksum.written, pack.checksum.computed),
    ];
  } catch (error) {
    if (error instanceof ContentFault) return [checkAll("bundle readable", 1, [error.message])];
    throw error;
  }
};

/** Many refs in a line that two of can be compared by. */
const described = (refs: Readonly<Record<string, string>>): string => {
  const entries = Object.entries(refs).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${entries.length} refs, SHA-256 ${sha256Hex(JSON.stringify(entries))}`;
};
