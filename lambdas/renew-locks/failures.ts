/** Failures are counted all, and the first of them named. */
export interface Failures {
  readonly failed: number;
  readonly failures: readonly { readonly key: string; readonly reason: string }[];
}

/** What failed since, a sentence each; of what is counted and not named any more, how much it is. */
export const failedSince = (before: Failures, now: Failures): readonly string[] => {
  const named = now.failures.slice(before.failures.length).map(({ key, reason }) => `${key}: ${reason}`);
  const unnamed = now.failed - before.failed - named.length;
  return unnamed > 0 ? [...named, `${unnamed} more, which the log names`] : named;
};
