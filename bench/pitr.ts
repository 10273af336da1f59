import { archivingAt30MBps } from "./pitr/archiving";
import { byHand } from "./pitr/by-hand";
import { makeHistory, restoreByEngine } from "./pitr/history";
import { type Bench, type Measurement, median, rounded } from "./report";

const ROUNDS = 5;
const TARGET_RATIO = 1.2;

/** Restores to a time, and archives, as the embedded RDS does it, against the same by hand. */
export const pitr: Bench = async (bed) => {
  const archiving = await archivingAt30MBps(bed);
  return { pitrOverByHand: await restores(bed), archivingAt30MBps: archiving };
};

const restores = async (bed: Parameters<Bench>[0]): Promise<Measurement> => {
  const history = await makeHistory(bed);
  bed.say(
    `base backup of ${history.baseMb} MB, ${history.walMb} MB of WAL in ${history.segments.length} segments, to ${history.time.toISOString()}`,
  );
  const engineSeconds: number[] = [];
  const handSeconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const measureEngine = async (): Promise<void> => void engineSeconds.push(await restoreByEngine(bed, history, `db-RESTORED${round}`));
    const measureHand = async (): Promise<void> => void handSeconds.push(await byHand(bed, history, `by-hand-${round}`));
    // In turns, so that what the machine does beside it falls on both.
    for (const measure of round % 2 === 0 ? [measureHand, measureEngine] : [measureEngine, measureHand]) await measure();
    bed.say(`round ${round + 1}: engine ${engineSeconds.at(-1)?.toFixed(2)} s, by hand ${handSeconds.at(-1)?.toFixed(2)} s`);
  }
  const ratio = median(engineSeconds) / median(handSeconds);
  return {
    sentence: `a restore to a time is usable after ${median(engineSeconds).toFixed(2)} s, a recovery by hand after ${median(handSeconds).toFixed(2)} s: ${ratio.toFixed(2)} times`,
    target: `at most ${TARGET_RATIO} times`,
    met: ratio <= TARGET_RATIO,
    numbers: {
      ratio: rounded(ratio),
      engineSeconds: engineSeconds.map(rounded),
      byHandSeconds: handSeconds.map(rounded),
      baseMb: history.baseMb,
      walMb: history.walMb,
    },
  };
};
