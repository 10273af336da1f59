/** What goes on after a call was answered: for each subject one piece of work at a time, in order. */
export interface Background {
  /** `work` says itself what its failure means; what escapes it ends in `failed`. */
  queue(subject: object, work: () => Promise<void>, failed: (thrown: unknown) => void): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

export const createBackground = (): Background => {
  const last = new Map<object, Promise<void>>();
  return {
    queue: (subject, work, failed) => {
      const before = last.get(subject) ?? Promise.resolve();
      const now = before.then(work).catch(failed);
      last.set(subject, now);
      void now.then(() => {
        if (last.get(subject) === now) last.delete(subject);
      });
    },
    settled: async () => {
      while (last.size > 0) await Promise.all(last.values());
    },
  };
};
