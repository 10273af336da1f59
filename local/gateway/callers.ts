import type { Caller } from "./calls";

export interface Callers {
  /** Says whose key it is: a stack's deploy user, the writer, the drill. */
  identify(accessKeyId: string, who: Caller): void;
  /** Unknown session keys are looked up once among the functions that exist. */
  of(accessKeyId: string | undefined): Caller | undefined | Promise<Caller | undefined>;
}

/** How long an unknown session key stays unknown before the functions are listed again for it. */
const unknownForMs = 2000;

export const createCallers = (listFunctions: () => Promise<ReadonlyMap<string, Caller>>, now: () => number): Callers => {
  const known = new Map<string, Caller>();
  const unknownUntil = new Map<string, number>();
  let listing: Promise<void> | undefined;

  const refresh = (): Promise<void> => {
    listing ??= listFunctions()
      .then((found) => {
        for (const [key, caller] of found) known.set(key, caller);
      })
      // MiniStack may be stopping; the call is then recorded without its caller.
      .catch(() => undefined)
      .finally(() => {
        listing = undefined;
      });
    return listing;
  };

  const lookUp = async (accessKeyId: string): Promise<Caller | undefined> => {
    await refresh();
    const caller = known.get(accessKeyId);
    if (caller === undefined) unknownUntil.set(accessKeyId, now() + unknownForMs);
    return caller;
  };

  return {
    identify: (accessKeyId, who) => void known.set(accessKeyId, who),
    of: (accessKeyId) => {
      if (accessKeyId === undefined) return undefined;
      const caller = known.get(accessKeyId);
      // Only session keys start with ASIA: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
      if (caller !== undefined || !accessKeyId.startsWith("ASIA")) return caller;
      return (unknownUntil.get(accessKeyId) ?? 0) > now() ? undefined : lookUp(accessKeyId);
    },
  };
};
