import { makePointId } from "../../recovery/catalogue/keys";
import { ConfigurationManifest, configurationManifestKey } from "../../recovery/configuration/manifest";
import type { Subject } from "../../recovery/configuration/subjects";
import { LifeboatError } from "../../recovery/errors";
import { envelopeContext, type MakeDataKey } from "../configuration/data-keys";
import { putOnce } from "../shared/put-once";
import { type PartTools, writeFiles, writeRecords } from "./parts";
import { newestProven, type Proofs } from "./proven";
import { digestOf, type Listed, type Source } from "./source";
import { decide, type Look, type Reason, readState, type Times, writeState } from "./subject-state";

export interface SubjectTools extends PartTools, Omit<Times, "now"> {
  readonly system: string;
  readonly vault: Proofs;
  readonly makeDataKey: MakeDataKey;
  readonly now: () => Date;
}

export interface ExportedSubject {
  readonly subject: string;
  readonly outcome: "exported" | "unchanged";
  readonly because?: Reason;
  readonly pointId: string;
  readonly count: number;
  /** The last time at which the source is known to have been what is proven in the vault; before the first proof, when the first export began. */
  readonly inSyncAt: Date;
}

/** How many times an export is begun again because its source changed under it. */
const ATTEMPTS = 3;

/**
 * Exports a subject if it changed, or if the vault does not have what was exported: parts, then the manifest, then the state by which the next run tells. A
 * run that fails or is cut leaves parts without a manifest, which nobody takes for a point. A vault that cannot be looked at keeps no change from being
 * exported; its error is thrown afterwards.
 */
export const exportSubject = async (tools: SubjectTools, source: Source): Promise<ExportedSubject> => {
  const { subject } = source;
  const state = await readState(tools.staging, subject);
  const looked = await lookAtVault(tools, subject, state !== undefined);
  for (let attempt = 1; ; attempt += 1) {
    const startedAt = tools.now();
    const listed = await source.list();
    const digest = digestOf(listed);
    const { because, inSyncAt = startedAt } = decide(state, digest, looked.look, { ...tools, now: startedAt });
    const done = { subject, count: listed.length, inSyncAt };
    if (state !== undefined && because === undefined) {
      await writeState(tools.staging, { ...state, inSyncAt: inSyncAt.toISOString() });
      if ("error" in looked) throw looked.error;
      return { ...done, outcome: "unchanged", pointId: state.pointId };
    }
    const pointId = await writePoint(tools, source, { startedAt, listed, digest });
    if (pointId !== undefined) {
      const exportedAt = tools.now().toISOString();
      await writeState(tools.staging, { subject, digest, pointId, exportedAt, inSyncAt: inSyncAt.toISOString() });
      if ("error" in looked) throw looked.error;
      return { ...done, outcome: "exported", because, pointId };
    }
    if (attempt === ATTEMPTS) throw restless(subject);
  }
};

/** Without a state there is nothing to look for. */
const lookAtVault = async (
  { vault, system }: SubjectTools,
  subject: Subject,
  exported: boolean,
): Promise<{ readonly look: Look; readonly error?: unknown }> => {
  if (!exported) return { look: undefined };
  try {
    return { look: { newest: await newestProven(vault, system, subject) } };
  } catch (error) {
    return { look: undefined, error };
  }
};

interface Listing {
  readonly startedAt: Date;
  readonly listed: readonly Listed[];
  readonly digest: string;
}

/** Undefined when the source is no longer what was listed: what was read of it may be of two times. */
const writePoint = async (tools: SubjectTools, source: Source, { startedAt, listed, digest }: Listing): Promise<string | undefined> => {
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
