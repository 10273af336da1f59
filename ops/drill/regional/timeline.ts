import type { AlarmSeen } from "../../../recovery/evidence/evidence";
import type { PhaseName } from "../../../recovery/evidence/phases";
import type { Outcome } from "./recover";

/** When each phase ended: by the subscriber's, the recovery functions' and the application's clocks, which are one machine's here. */
export const phaseEnds = (alarm: AlarmSeen | undefined, recovered: Outcome["recovered"]): Readonly<Partial<Record<PhaseName, Date>>> => {
  if (alarm === undefined) return {};
  const decide = new Date(alarm.receivedAt);
  if (recovered === undefined) return { decide };
  const { postgres, chroma, validation } = recovered.outputs;
  return {
    decide,
    // The database and the vectors are brought back side by side: a phase ends when both are through it, in its order.
    provision: new Date(chroma.startedAt),
    restore: latest(chroma.importedAt, postgres.startedAt),
    hydrate: latest(chroma.firstQueryAt, postgres.usableAt),
    verify: new Date(validation.finishedAt),
    cutOver: recovered.servedAt,
  };
};

const latest = (...times: readonly string[]): Date => new Date(Math.max(...times.map((time) => Date.parse(time))));
