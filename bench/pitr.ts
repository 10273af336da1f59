import type { Bench } from "./bed";
import { type DatabaseBed, withEngine } from "./engine";
import { archivingAt30MBps } from "./pitr/archiving";
import { byHand } from "./pitr/by-hand";
import { makeHistory, restoreByEngine } from "./pitr/history";
import { inTurns, type Measurement, median, rounded } from "./report";

const TARGET_RATIO = 1.2;

/** Restores to a time, and archives, as the embedded RDS does it, against the same by hand. */
export const pitr: Bench = (bed) =>
  withEngine(bed, async (bedWithEngine) => {
    const archiving = await archivingAt30MBps(bedWithEngine);
    return { pitrOverByHand: await restores(bedWithEngine), archivingAt30MBps: archiving };
  });

const restores = async (bed: DatabaseBed): Promise<Measurement> => {
  const history = await makeHistory(bed);
  bed.say(
    `base backup of ${history.baseMb} MB, ${history.walMb} MB of WAL in ${history.segments.length} segments, to ${history.time.toISOString()}`,
  );
  const engineSeconds: number[] = [];
  const handSeconds: number[] = [];
  const measureEngine = async (): Promise<void> => {
    engineSeconds.push(await restoreByEngine(bed, history, `db-RESTORED${engineSeconds.length}`));
    bed.say(`by the engine ${engineSeconds.at(-1)?.toFixed(2)} s`);
  };
  const measureHand = async (): Promise<void> => {
    handSeconds.push(await byHand(bed, history, `by-hand-${handSeconds.length}`));
    bed.say(`by hand ${handSeconds.at(-1)?.toFixed(2)} s`);
  };
  await inTurns(bed.sizes.rounds, [measureHand, measureEngine]);
  const ratio = median(engineSeconds) / median(handSeconds);
  return {
    ratio: rounded(ratio),
    sentence: `a restore to a time is usable after ${median(engineSeconds).toFixed(2)} s, a recovery by hand after ${median(handSeconds).toFixed(2)} s`,
    target: `at most ${TARGET_RATIO}`,
    met: ratio <= TARGET_RATIO,
    numbers: {
      engineSeconds: engineSeconds.map(rounded),
      byHandSeconds: handSeconds.map(rounded),
      baseMb: history.baseMb,
      walMb: history.walMb,
    },
  };
};
