import { SubjectState, stateKey } from "../../recovery/configuration/state";
import type { Subject } from "../../recovery/configuration/subjects";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";

/** What was exported last; undefined when nothing was, or nobody can read it: then everything is exported once more. */
export const readState = async (staging: ObjectStore, subject: Subject): Promise<SubjectState | undefined> => {
  const text = await getText(staging, stateKey(subject));
  return text === undefined ? undefined : readJson(SubjectState, text).value;
};

export const writeState = async (staging: ObjectStore, state: Omit<SubjectState, "schema">): Promise<void> => {
  const full: SubjectState = { schema: "lifeboat/configuration-state/1", ...state };
  await staging.put(stateKey(state.subject), JSON.stringify(full), { contentType: "application/json" });
};

/** Whether what is exported is what the source has now, and young enough: a point that never reached the vault is made up for by the next one. */
export const isExported = (state: SubjectState | undefined, digest: string, now: Date, refreshSeconds: number): state is SubjectState =>
  state !== undefined && state.digest === digest && now.getTime() - Date.parse(state.exportedAt) < refreshSeconds * 1000;
