import { makePointId } from "../../recovery/catalogue/keys";
import { ConfigurationManifest, configurationManifestKey } from "../../recovery/configuration/manifest";
import { LifeboatError } from "../../recovery/errors";
import { envelopeContext, type MakeDataKey } from "../configuration/data-keys";
import { putOnce } from "../shared/put-once";
import { type PartTools, writeFiles, writeRecords } from "./parts";
import { digestOf, type Listed, type Source } from "./source";
import { isExported, readState, writeState } from "./subject-state";

export interface SubjectTools extends PartTools {
  readonly system: string;
  readonly makeDataKey: MakeDataKey;
  readonly now: () => Date;
  /** After this time what has not changed is exported once more. */
  readonly refreshSeconds: number;
}

export interface ExportedSubject {
  readonly subject: string;
  readonly outcome: "exported" | "unchanged";
  readonly pointId: string;
  readonly count: number;
}

/** How many times an export is begun again because its source changed under it. */
const ATTEMPTS = 3;

/**
 * Exports a subject if it changed: parts, then the manifest, then the state by which the next run tells. A run that fails or is cut leaves parts without
 * a manifest, which nobody takes for a point.
 */
export const exportSubject = async (tools: SubjectTools, source: Source): Promise<ExportedSubject> => {
  const { subject } = source;
  const state = await readState(tools.staging, subject);
  for (let attempt = 1; ; attempt += 1) {
    const startedAt = tools.now();
    const listed = await source.list();
    const digest = digestOf(listed);
    if (isExported(state, digest, startedAt, tools.refreshSeconds)) {
      await writeState(tools.staging, { ...state, inSyncAt: startedAt.toISOString() });
      return { subject, outcome: "unchanged", pointId: state.pointId, count: listed.length };
    }
    const pointId = await writePoint(tools, source, { startedAt, listed, digest });
    if (pointId !== undefined) {
      const exportedAt = tools.now().toISOString();
      await writeState(tools.staging, { subject, digest, pointId, exportedAt, inSyncAt: startedAt.toISOString() });
      return { subject, outcome: "exported", pointId, count: listed.length };
    }
    if (attempt === ATTEMPTS) throw restless(subject);
  }
};

interface Look {
  readonly startedAt: Date;
  readonly listed: readonly Listed[];
  readonly digest: string;
}

/** Undefined when the source is no longer what was listed: what was read of it may be of two times. */
const writePoint = async (tools: SubjectTools, source: Source, { startedAt, listed, digest }: Look): Promise<string | undefined> => {
  const pointId = makePointId("configuration", startedAt, Buffer.from(tools.random(2)).toString("hex"));
  const written = await writeParts(tools, source, listed, pointId).catch(async (error: unknown) => {
    // What was deleted or replaced between its listing and its reading is no fault.
    if (digestOf(await source.list()) !== digest) return undefined;
    throw error;
  });
  if (written === undefined || digestOf(await source.list()) !== digest) return undefined;
  const manifest = ConfigurationManifest.parse({
    schema: "lifeboat/configuration-export/1",
    system: tools.system,
    pointId,
    subject: source.subject,
    window: { startedAt: startedAt.toISOString(), finishedAt: tools.now().toISOString() },
    digest,
    counts: { atSource: listed.length, written: listed.length },
    software: { node: process.versions.node },
    ...written,
  });
  await putOnce(tools.staging, configurationManifestKey(pointId), JSON.stringify(manifest), { contentType: "application/json" });
  return pointId;
};

const writeParts = async (tools: SubjectTools, source: Source, listed: readonly Listed[], pointId: string) => {
  if (source.kind === "files") return writeFiles(tools, source, listed, pointId);
  const dataKey = await tools.makeDataKey(envelopeContext(tools.system, pointId));
  return writeRecords(tools, source, listed, { pointId, dataKey });
};

const restless = (subject: string): LifeboatError =>
  new LifeboatError({
    code: "interrupted",
    what: `The export of ${subject} found other versions each time than it had listed`,
    received: `${ATTEMPTS} changes while it was read`,
    allowed: "one reading between two changes",
    hint: "The next run tries again; look for who changes it that often",
  });
