import * as z from "zod";
import { type ExportKind, ExportPart, exportManifestKey, exportPrefix, Window } from "../catalogue/export";
import { isSeries } from "../catalogue/series";
import { countByKind } from "./kubernetes/object";
import { seriesOfSubject } from "./subjects";

/** A git object's name: SHA-1, or SHA-256 in a repository of that format. */
const ObjectId = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);
const Count = z.int().nonnegative();

/** All refs of a repository, as a git bundle cut into parts. Without any ref there is no part: git makes no empty bundle. */
const RepositoryContent = z.object({
  kind: z.literal("repository"),
  /** Without credentials. */
  url: z.string(),
  /** Every ref below `refs/`, as the source listed them and a clone of the bundle had them. */
  refs: z.record(z.string(), ObjectId),
  /** The source's HEAD: the branch that a clone checks out, where it names one. */
  head: z.object({ ref: z.string().optional(), oid: ObjectId.optional() }),
  /** Objects of the bundle's pack, counted in a clone of it. */
  objects: Count,
  /** Whether a `.gitattributes` of its history names Git LFS: the files that LFS keeps are not in a bundle. */
  lfs: z.boolean(),
});
export type RepositoryContent = z.infer<typeof RepositoryContent>;

/** How records are sealed: AES-256-GCM under a data key that KMS made under a key of the recovery region, which opens it without the primary one. */
const Envelope = z.object({
  algorithm: z.literal("AES-256-GCM"),
  keyArn: z.string(),
  /** The data key, encrypted. Base64. */
  encryptedDataKey: z.base64(),
  /** KMS opens the data key with exactly this. https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html */
  context: z.record(z.string(), z.string()),
});
export type Envelope = z.infer<typeof Envelope>;

/** One record's name and versions; its content is sealed. */
const RecordEntry = z.object({
  name: z.string(),
  versions: z.array(z.object({ id: z.string(), stages: z.array(z.string()) })),
});
export type RecordEntry = z.infer<typeof RecordEntry>;

/** Secrets or parameters: each is a line of a part, sealed by itself. */
const RecordsContent = z.object({
  kind: z.enum(["secrets", "parameters"]),
  /** The region that they were read in. */
  region: z.string(),
  envelope: Envelope,
  /** In the order of the parts' lines. */
  records: z.array(RecordEntry),
});

/** Objects of a namespace, sealed as secrets are: some are Secrets, and others hold what should be one. */
const ObjectsContent = RecordsContent.extend({
  kind: z.literal("objects"),
  /** Its name in EKS. */
  cluster: z.string(),
  namespace: z.string(),
  /** The release that served them: `v1.34.1-eks-3cfe0ce`. */
  kubernetes: z.string(),
  /** How many there are of each kind, by its API version and name. */
  kinds: z.record(z.string(), Count),
});
export type ObjectsContent = z.infer<typeof ObjectsContent>;

export type RecordsContent = z.infer<typeof RecordsContent> | ObjectsContent;

/** Files copied as they are, one a part, such as checkpoints of Pulumi, whose secrets stay encrypted by their stack's own provider. */
const FilesContent = z.object({
  kind: z.literal("files"),
  /** Bucket that they were read from. */
  bucket: z.string(),
  files: z.array(z.object({ key: z.string(), versionId: z.string(), part: z.string() })),
});
export type FilesContent = z.infer<typeof FilesContent>;

/** The manifest of an export of configuration: written last, once. A point without it does not exist. */
export const ConfigurationManifest = z.object({
  schema: z.literal("lifeboat/configuration-export/1"),
  system: z.string(),
  pointId: z.string(),
  subject: z.string().refine((subject) => isSeries(`configuration/${subject}`), "a subject of configuration"),
  window: Window,
  /** What was told apart by when it changed: `SubjectState.digest`. */
  digest: z.string(),
  /** Refs, records or files. */
  counts: z.object({ atSource: Count, written: Count }),
  software: z.record(z.string(), z.string()),
  parts: z.array(ExportPart),
  content: z.discriminatedUnion("kind", [RepositoryContent, RecordsContent, ObjectsContent, FilesContent]),
});
export type ConfigurationManifest = z.infer<typeof ConfigurationManifest>;

const PREFIX = "configuration/";
export const configurationManifestKey = (pointId: string): string => exportManifestKey({ prefix: PREFIX }, pointId);
export const configurationPartKey = (pointId: string, name: string, number: number, extension = ""): string =>
  `${exportPrefix({ prefix: PREFIX }, pointId)}${name}-${String(number).padStart(5, "0")}${extension}`;

/** Exports of one subject of configuration. */
export const CONFIGURATION_EXPORT: ExportKind = {
  store: "configuration",
  prefix: PREFIX,
  facts: (manifestText) => {
    const manifest = ConfigurationManifest.parse(JSON.parse(manifestText));
    const { system, pointId, window, parts, counts, software } = manifest;
    return {
      ...{ system, pointId, window, parts, counts, software },
      store: "configuration",
      series: seriesOfSubject(manifest.subject),
      // The source was found to be this at some time after the window opened, and what changed before it is in the point.
      asOf: window.startedAt,
      contradictions: contradictionsOf(manifest),
    };
  },
};

/** How many things a content holds by its own list. */
export const listedIn = (content: ConfigurationManifest["content"]): number => {
  switch (content.kind) {
    case "repository":
      return Object.keys(content.refs).length;
    case "files":
      return content.files.length;
    default:
      return content.records.length;
  }
};

const contradictionsOf = ({ subject, counts, content, parts }: ConfigurationManifest): readonly string[] => {
  const listed = listedIn(content);
  const nothing = content.kind === "repository" ? content.objects === 0 : listed === 0;
  return [
    counts.written === counts.atSource ? "" : `${subject}: ${counts.written} written, ${counts.atSource} at the source`,
    listed === counts.written ? "" : `${subject}: ${listed} listed, ${counts.written} written`,
    (parts.length === 0) === nothing ? "" : `${subject}: ${parts.length} parts of ${listed} listed`,
    content.kind === "repository" && (listed === 0) !== (content.objects === 0)
      ? `${subject}: ${content.objects} objects of ${listed} refs`
      : "",
    content.kind === "files" && content.files.some(({ part }) => !parts.some(({ key }) => key === part))
      ? `${subject}: a file that is no part`
      : "",
    content.kind === "objects" && !sameCounts(content.kinds, countByKind(content.records.map(({ name }) => name)))
      ? `${subject}: kinds that are not those of its objects`
      : "",
  ].filter((failure) => failure !== "");
};

const sameCounts = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, count]) => b[name] === count);
