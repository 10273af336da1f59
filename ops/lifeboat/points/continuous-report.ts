import { durationText, isoSeconds } from "../../../recovery/strategy/wording";
import type { Continuous, RestorableWindow, Watermark } from "./continuous";

export const renderContinuous = ({ database, documents }: Continuous): readonly string[] => [
  ...(database === undefined ? [] : [databaseText(database)]),
  ...(documents === undefined ? [] : [documentsText(documents)]),
];

const databaseText = ({ instance, earliest, latest, ageSeconds, replicating, problem }: RestorableWindow): string => {
  const goesOn = replicating ? "" : "; NO BACKUPS ARE REPLICATED NOW (docs/runbooks/replication-stopped.md)";
  if (earliest === null || latest === null || ageSeconds === null)
    return `postgres, automated backups of ${instance}: NOTHING RESTORABLE: ${problem ?? "nobody knows why"}`;
  const window = `${isoSeconds(new Date(earliest))} to ${isoSeconds(new Date(latest))}`;
  return `postgres, automated backups of ${instance}: to any second from ${window}, ${durationText(ageSeconds)} ago${goesOn}`;
};

const documentsText = ({ bucket, asOf, ageSeconds, problem }: Watermark): string =>
  asOf === null || ageSeconds === null
    ? `objects, ${bucket}: NOT KNOWN WHAT HAS ARRIVED: ${problem ?? "nobody knows why"}`
    : `objects, ${bucket}: all that was written before ${isoSeconds(new Date(asOf))} has arrived, ${durationText(ageSeconds)} ago`;
