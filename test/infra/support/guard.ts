import type { Recording } from "./recording";

const GUARD = /::guard$/;

export const guardOf = (recording: Recording) => recording.custom().find(({ urn }) => GUARD.test(urn));

/** What the guard does not depend on. A provider goes after all that it made, so it needs no guard of its own. */
export const unguarded = (recording: Recording): readonly string[] => {
  const guarded = new Set(guardOf(recording)?.dependencies);
  return recording
    .custom()
    .filter(({ urn, type }) => !GUARD.test(urn) && !type.startsWith("pulumi:providers:"))
    .flatMap(({ urn }) => (guarded.has(urn) ? [] : [urn]));
};
