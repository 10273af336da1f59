import { messageOf } from "../../../../recovery/errors";
import { asAdmin } from "../admin";
import { ADMIN } from "../configuration";
import type { Primary } from "./primary";
import { untilStreaming, untilSynchronous } from "./streaming";

/** Whether the primary's commits wait for its standby. */
export interface Waiting {
  /** What its configuration says. */
  readonly waits: boolean;
  /** Everything that was acknowledged is on the standby's disk. It stays so when both have died, one right after the other. */
  readonly complete: boolean;
  /** Resolves when it is complete. @throws when `isPossible` no longer is. */
  begin(isPossible: () => boolean): Promise<void>;
  /** Resolves when no commit waits, or the primary does not run. From then on the standby lacks what is acknowledged. */
  end(): Promise<void>;
  /** The primary is about to start without a standby. */
  forget(): void;
}

export interface WaitingOptions {
  readonly primary: Primary;
  readonly pause: () => Promise<void>;
  readonly isEnded: () => boolean;
  readonly report: (problem: string) => void;
}

export const createWaiting = ({ primary, pause, isEnded, report }: WaitingOptions): Waiting => {
  let waits = false;
  let complete = false;

  const end = async (): Promise<void> => {
    while (waits && primary.isRunning() && !isEnded()) {
      waits = false;
      try {
        await primary.write();
        await asAdmin(primary.access(), ADMIN, async ({ run }) => {
          // Not before: a primary that died already has acknowledged nothing that its standby lacks.
          complete = false;
          await run("SELECT pg_reload_conf()");
        });
      } catch (thrown) {
        waits = primary.isRunning();
        report(`could not go on without its standby: ${messageOf(thrown)}`);
        await pause();
      }
    }
  };
  return {
    get waits() {
      return waits;
    },
    get complete() {
      return complete;
    },
    begin: async (isPossible) => {
      const access = primary.access();
      await untilStreaming(access, isPossible);
      waits = true;
      await primary.write();
      await primary.load();
      await untilSynchronous(access, isPossible);
      complete = true;
    },
    end,
    forget: () => {
      waits = false;
      complete = false;
    },
  };
};
