import { allParts, ChromaManifest, type ExportedCollection } from "../../recovery/chroma/manifest";
import { LifeboatError, messageOf } from "../../recovery/errors";

/** The manifest of a point, when it is one that may be sealed. Throws `point-refused` or `short-export` otherwise. */
export const readManifest = (text: string, system: string, pointId: string): ChromaManifest => {
  const manifest = parse(text, pointId);
  const prefix = `chroma/${pointId}/`;
  const keys = allParts(manifest).map((part) => part.key);
  if (manifest.system !== system || manifest.pointId !== pointId)
    throw refused(pointId, `a manifest of ${manifest.system}/${manifest.pointId}`, `${system}/${pointId}`);
  const foreign = keys.find((key) => !key.startsWith(prefix));
  if (foreign !== undefined) throw refused(pointId, `a part outside the point: ${foreign}`, `keys under ${prefix}`);
  if (new Set(keys).size !== keys.length) throw refused(pointId, "a part that is listed twice", "each part once");
  const failures = manifest.collections.flatMap(countFailures);
  if (failures.length > 0) throw shortExport(pointId, failures);
  return manifest;
};

/** What was read must be what the source counted, but for what was deleted meanwhile; and each count in the manifest must agree with the others. */
export const countFailures = (collection: ExportedCollection): readonly string[] => {
  const { name, countAtSource, deletedMeanwhile, countWritten, parts } = collection;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const digested = [collection.contentDigest, collection.embeddingsDigest].map((digest) => Number(digest.split("-")[0]));
  return [
    countWritten + deletedMeanwhile === countAtSource
      ? ""
      : `${name}: ${countWritten} written + ${deletedMeanwhile} deleted meanwhile, ${countAtSource} at the source`,
    rows === countWritten ? "" : `${name}: ${rows} rows in its parts, ${countWritten} written`,
    digested.every((count) => count === countWritten)
      ? ""
      : `${name}: digests of ${digested.join(" and ")} records, ${countWritten} written`,
  ].filter((failure) => failure !== "");
};

const parse = (text: string, pointId: string): ChromaManifest => {
  try {
    return ChromaManifest.parse(JSON.parse(text));
  } catch (error) {
    throw refused(
      pointId,
      `a manifest that cannot be read: ${messageOf(error).replace(/\s+/g, " ").slice(0, 300)}`,
      "lifeboat/chroma-export/1",
    );
  }
};

const refused = (pointId: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({
    code: "point-refused",
    what: `The point ${pointId} was not sealed`,
    received,
    allowed,
    hint: "See the export's log. The next export makes a new point; keep this one for the inquiry if it was tampered with",
  });

const shortExport = (pointId: string, failures: readonly string[]): LifeboatError =>
  new LifeboatError({
    code: "short-export",
    what: `The point ${pointId} was not sealed: its counts do not agree`,
    received: failures.slice(0, 10).join("; "),
    allowed: "written + deleted meanwhile = at the source, for each collection",
    hint: "See the export's log: it must have ended early. The next export makes a new point",
  });
