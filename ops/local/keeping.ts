import { randomBytes } from "node:crypto";
import { messageOf } from "../../recovery/errors";
import { clearAll } from "./cleaning";
import { type Facts, type Phase, startControl } from "./control";
import { type Embedded, type EmbeddedOptions, startEmbedded } from "./embedded";
import { LOGS, openHome } from "./home";
import { isRunning } from "./identity";
import { releaseLock, takeLock, thisHolder } from "./lock";
import type { Message } from "./messages";
import { writeEnding, writeState } from "./state";

export interface KeepOptions extends Omit<EmbeddedOptions, "signal"> {
  /** Its reason says why: it becomes the ending, unless it was asked for. */
  readonly stop: AbortController;
  readonly report: (message: Message) => void;
}

/** The reason of an end that somebody asked for: nothing is left to explain. */
export class AskedToStop extends Error {}

/** Starts the embedded AWS, keeps it until it is told to stop, and stops it. Resolves when all of it is gone. */
export const keep = async (options: KeepOptions): Promise<void> => {
  const { home, stop, report } = options;
  await openHome(home);
  const id = randomBytes(16).toString("hex");
  let phase: Phase = "starting";
  let embedded: Embedded | undefined;
  const token = randomBytes(24).toString("base64url");
  const control = await startControl({
    token,
    facts: () => ({ id, phase, regions: regionsIn(phase, embedded) }),
    stop: () => stop.abort(new AskedToStop("npm run local -- down")),
  });
  try {
    const holder = await thisHolder(id, { port: control.port, token });
    const other = await takeLock({ file: home.lock, holder, isHeld: ({ process }) => isRunning(process) });
    if (other !== undefined) return report({ kind: "held" });
    try {
      await clearAll(home, ["background.log"]);
      embedded = await startEmbedded({ ...options, signal: stop.signal });
      await writeState(home, { schema: "lifeboat/local-state/1", holderId: id, since: options.now().toISOString(), ...embedded.state });
      phase = "running";
      report({ kind: "ready" });
      await aborted(stop.signal);
      phase = "stopping";
      throw stop.signal.reason;
    } catch (reason) {
      await end(options, embedded, reason);
    } finally {
      await releaseLock(home.lock, id);
    }
  } finally {
    control.close();
  }
};

const regionsIn = (phase: Phase, embedded: Embedded | undefined): Facts["regions"] =>
  phase === "running" && embedded !== undefined ? embedded.regions() : {};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener("abort", () => done(), { once: true });
  });

/** Stops everything, deletes the data, keeps the logs, and says why, where nobody asked for it. */
const end = async ({ home, now, report }: KeepOptions, embedded: Embedded | undefined, reason: unknown): Promise<void> => {
  const asked = reason instanceof AskedToStop;
  if (!asked) await writeEnding(home, now(), messageOf(reason));
  await embedded?.stop();
  await clearAll(home, LOGS);
  if (!asked) report({ kind: "failed", reason: messageOf(reason) });
};
