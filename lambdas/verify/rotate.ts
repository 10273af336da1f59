import { openAs } from "../../recovery/catalogue/authentic";
import { sign } from "../../recovery/catalogue/authenticity";
import { POINTS_PREFIX, READINGS_PREFIX, readingKey } from "../../recovery/catalogue/keys";
import { type DocumentsReading, Reading } from "../../recovery/catalogue/reading";
import { keysDue, type Rotation, slotsDue, tickAt } from "../../recovery/catalogue/rotation";
import { isInterrupted } from "../shared/course";
import { reasonOf } from "../shared/log";
import type { DocumentsDue } from "./documents/rotate";
import type { VerifiedPoint } from "./events";
import { type ProofTools, proveAgain } from "./proof";

export interface RotationTools extends ProofTools {
  /** Reads the locked documents that are due. */
  readonly readDocuments?: (due: DocumentsDue) => Promise<DocumentsReading>;
}

export interface RotationSettings extends Rotation {
  readonly system: string;
  /** Tells two runs of one millisecond apart. */
  readonly run: string;
}

/**
 * One run of the rotation: reads back what is due, and writes what it read and what not. What its time does not suffice for is the first of the next
 * run. Returns what it wrote.
 */
export const rotate = async (tools: RotationTools, settings: RotationSettings): Promise<Reading> => {
  const { system, runs, intervalSeconds } = settings;
  const startedAt = tools.now();
  const last = await lastReading(tools, system);
  const tick = tickAt(startedAt, intervalSeconds);
  const slots = slotsDue(last?.rotation.runs === runs ? last.rotation.tick : undefined, tick, runs);
  const due = await keysDue(tools.catalogue.keys(POINTS_PREFIX), slots, runs, last?.left.map(({ key }) => key) ?? []);

  const since = new Map(last?.left.map((each) => [each.key, each.since]));
  const outcome = await readEach(tools, system, due, (key) => since.get(key) ?? tick);
  const documents = await tools.readDocuments?.({
    ...{ runs, slots, tick },
    left: last?.rotation.runs === runs ? (last.documents?.left ?? []) : [],
    unread: last?.documents?.unread,
    large: last?.documents?.large,
  });
  const reading: Reading = {
    ...{ schema: "lifeboat/reading/1", system, startedAt: startedAt.toISOString(), finishedAt: tools.now().toISOString() },
    rotation: { runs, tick, slots: [...slots] },
    ...outcome,
    ...(documents === undefined ? {} : { documents }),
  };
  const key = readingKey(reading.startedAt, settings.run);
  await tools.vault.put(key, await sign(tools.signer, key, reading), { contentType: "application/json", ifAbsent: true });
  tools.log.info("rotation", {
    ...{ due: due.length, passed: outcome.passed.length, failed: outcome.failed.length, left: outcome.left.length },
    key,
  });
  return reading;
};

/** The checkpoint: what the newest run left. Only an authentic one counts, or a forged one could keep points from being read. */
const lastReading = async ({ catalogue }: ProofTools, system: string): Promise<Reading | undefined> => {
  for await (const written of catalogue.versions(READINGS_PREFIX)) {
    const { found } = await openAs(catalogue.authenticator, Reading, written);
    if (found?.value.system === system) return found.value;
  }
  return undefined;
};

type Outcome = Pick<Reading, "passed" | "failed" | "expired" | "left">;

const readEach = async (tools: ProofTools, system: string, due: readonly string[], dueSince: (key: string) => number): Promise<Outcome> => {
  const outcome: Outcome = { passed: [], failed: [], expired: [], left: [] };
  // What stopped the run comes last in the next one: a point that takes several runs must not keep the others from theirs.
  const interrupted: Outcome["left"] = [];
  for (const [index, key] of due.entries()) {
    const { read, timeIsOver = false, reason = "" } = await readOne(tools, system, key);
    if (read === undefined) interrupted.push({ key, reason, since: dueSince(key) });
    else if (read.outcome === "expired") outcome.expired.push(key);
    else if (read.passed === true) outcome.passed.push(key);
    else {
      const reasons = read.outcome === "unreadable" ? ["it is no recovery point of this system"] : [...(read.failed ?? [])];
      outcome.failed.push({ key, reasons });
    }
    if (!timeIsOver) continue;
    outcome.left.push(...due.slice(index + 1).map((rest) => ({ key: rest, reason: "the run's time was over", since: dueSince(rest) })));
    break;
  }
  outcome.left.push(...interrupted);
  return outcome;
};

interface ReadNow {
  /** Undefined when it was not read to its end. */
  readonly read?: VerifiedPoint;
  readonly timeIsOver?: boolean;
  readonly reason?: string;
}

const readOne = async (tools: ProofTools, system: string, key: string): Promise<ReadNow> => {
  try {
    const read = await proveAgain(tools, system, key);
    return read.outcome === "unfinished"
      ? { timeIsOver: true, reason: "it takes several runs: the next goes on where this one stopped" }
      : { read };
  } catch (error) {
    if (isInterrupted(error)) return { timeIsOver: true, reason: reasonOf(error) };
    tools.log.warn("a point could not be read now", { entryKey: key, reason: reasonOf(error) });
    return { reason: reasonOf(error) };
  }
};
