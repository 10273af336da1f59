import type { ObjectStore } from "../../../lambdas/shared/objects";
import { seriesOfStore } from "../../../lambdas/shared/series";
import type { VerifiedPoint } from "../../../lambdas/verify/events";
import { firstAuthentic } from "../../../recovery/catalogue/authentic";
import { seriesPrefix } from "../../../recovery/catalogue/keys";
import { type Check, RecoveryPoint } from "../../../recovery/catalogue/point";
import type { CatalogueReader } from "../../../recovery/catalogue/select";
import { verdictOn } from "../../../recovery/catalogue/verdict";
import { LifeboatError } from "../../../recovery/errors";
import type { Store } from "../../../recovery/store";

export interface VerifyTools {
  readonly vault: Pick<ObjectStore, "versions">;
  readonly catalogue: CatalogueReader;
  /** Calls the verifying function for one entry, proven or not. */
  readonly readAgain: (entryKey: string) => Promise<VerifiedPoint>;
}

export interface Verified {
  readonly pointId: string;
  readonly entryKey: string;
  readonly outcome: VerifiedPoint["outcome"];
  /** How it read back just now. */
  readonly passed: boolean;
  /** When the newest proof was made, and what it compared; a reading that says the same as the proof that stands makes no other. */
  readonly provenAt: string | null;
  readonly checks: readonly Check[];
}

/** What a person sees pass; how much of a large point is read, only the function knows. */
const PHASES = { looking: 0.05, reading: 0.2, comparing: 0.9 } as const;

/** Has exactly one point read back now, and tells what was compared. @throws LifeboatError, code no-recovery-point, when there is none of this id. */
export const verifyPoint = async (
  tools: VerifyTools,
  pointId: string,
  store: Store,
  phase: (detail: string, fraction: number) => void = () => undefined,
): Promise<Verified> => {
  phase("looking for its entry", PHASES.looking);
  const entryKey = await entryOf(tools, pointId, store);
  const { outcome, passed = outcome === "passed" } = await readToItsEnd(tools, entryKey, phase);
  phase("reading what was compared", PHASES.comparing);
  const { first } = await firstAuthentic(tools.catalogue, RecoveryPoint, entryKey);
  const proof = first === undefined ? undefined : (await verdictOn(tools.catalogue, entryKey, first)).proof;
  return { pointId, entryKey, outcome, passed, provenAt: proof?.verifiedAt ?? null, checks: proof?.checks ?? [] };
};

/** A large point takes several calls, each of which goes on where the one before it stopped; one that comes no further fails. */
const readToItsEnd = async (
  { readAgain }: VerifyTools,
  entryKey: string,
  phase: (detail: string, fraction: number) => void,
): Promise<VerifiedPoint> => {
  for (let run = 1; ; run += 1) {
    phase(run === 1 ? "being read back" : `being read back, run ${run}: a large point takes several`, PHASES.reading);
    const read = await readAgain(entryKey);
    if (read.outcome !== "unfinished") return read;
  }
};

/** The entry's key begins with its time, so the series of the store are looked through, newest first. */
const entryOf = async ({ vault, catalogue }: VerifyTools, pointId: string, store: Store): Promise<string> => {
  for (const series of await seriesOfStore(vault, store))
    for await (const key of catalogue.keys(seriesPrefix(series))) if (key.endsWith(`-${pointId}.json`)) return key;
  throw new LifeboatError({
    code: "no-recovery-point",
    what: "The catalogue has no such recovery point",
    received: pointId,
    allowed: "an id that `npm run lifeboat -- points` lists",
    hint: "An export that arrived and is not listed was not sealed: docs/runbooks/refused-point.md",
  });
};
