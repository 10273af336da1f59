import type { AlarmSeen } from "../../recovery/evidence/evidence";
import type { PhaseName } from "../../recovery/evidence/phases";
import type { Outcome } from "./drill";

/** When each phase ended: by the subscriber's, the recovery functions' and the application's clocks, which are one machine's here. */
export const phaseEnds = (alarm: AlarmSeen | undefined, recovered: Outcome["recovered"]): Readonly<Partial<Record<PhaseName, Date>>> => {
  if (alarm === undefined) return {};
  const decide = new Date(alarm.receivedAt);
  if (recovered === undefined) return { decide };
  const { chroma, validation } = recovered.outputs;
  return {
    decide,
    provision: new Date(chroma.startedAt),
    restore: new Date(chroma.importedAt),
    hydrate: new Date(chroma.firstQueryAt),
    verify: new Date(validation.finishedAt),
    cutOver: recovered.servedAt,
  };
};
