import { SubjectState, stateKey } from "../../recovery/configuration/state";
import type { Subject } from "../../recovery/configuration/subjects";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";
import type { ProvenPoint } from "./proven";

/** What was exported last; undefined when nothing was, or nobody can read it: then everything is exported once more. */
export const readState = async (staging: ObjectStore, subject: Subject): Promise<SubjectState | undefined> => {
  const text = await getText(staging, stateKey(subject));
  return text === undefined ? undefined : readJson(SubjectState, text).value;
};

export const writeState = async (staging: ObjectStore, state: Omit<SubjectState, "schema">): Promise<void> => {
  const full: SubjectState = { schema: "lifeboat/configuration-state/1", ...state };
  await staging.put(stateKey(state.subject), JSON.stringify(full), { contentType: "application/json" });
};

/** What the vault was seen to have proven; undefined when it could not be looked at. */
export type Look = { readonly newest: ProvenPoint | undefined } | undefined;

export interface Times {
  readonly now: Date;
  /** After this time what has not changed is exported once more. */
  readonly refreshSeconds: number;
  /** And after this one what the vault has not proven: its event was lost, or nothing arrives there. */
  readonly refreshUnprovenSeconds: number;
}

export type Reason = "first" | "changed" | "unproven" | "refresh";

export interface Decision {
  /** Why the subject is exported; undefined when it is not. */
  readonly because?: Reason;
  /** The last time at which the source is known to have been what is proven in the vault; undefined before a first export. */
  readonly inSyncAt?: Date;
}

/** What this run does, by what was exported last, what the source is now and what the vault has proven. */
export const decide = (state: SubjectState | undefined, digest: string, look: Look, times: Times): Decision => {
  if (state === undefined) return { because: "first" };
  const { now } = times;
  const unchanged = state.digest === digest;
  const proven = look?.newest?.pointId === state.pointId;
  if (unchanged && proven) return { inSyncAt: now, ...becauseOf(olderThan(state, now, times.refreshSeconds), "refresh") };
  // A point that a later one took the place of before it was proven counts too: what changes with every run is never seen unchanged.
  const inSyncMs = Math.max(Date.parse(state.inSyncAt), Math.min(look?.newest?.asOf.getTime() ?? 0, now.getTime()));
  const inSyncAt = new Date(inSyncMs);
  if (!unchanged) return { inSyncAt, because: "changed" };
  // Whoever cannot look knows nothing of it: an export more every time would help nobody.
  const unproven = look !== undefined && olderThan(state, now, times.refreshUnprovenSeconds);
  if (unproven) return { inSyncAt, because: "unproven" };
  return { inSyncAt, ...becauseOf(olderThan(state, now, times.refreshSeconds), "refresh") };
};

const olderThan = ({ exportedAt }: SubjectState, now: Date, seconds: number): boolean =>
  now.getTime() - Date.parse(exportedAt) >= seconds * 1000;

const becauseOf = (so: boolean, because: Reason): Pick<Decision, "because"> => (so ? { because } : {});
