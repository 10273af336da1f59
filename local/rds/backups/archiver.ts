import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../recovery/errors";
import type { Archiving } from "../engine";
import type { AdminAccess } from "../postgres/admin";
import type { Tools } from "../postgres/tools";
import { addBaseBackup } from "./base-backup";
import type { Chain } from "./chain";
import { createShipper } from "./shipping";
import { takeIn } from "./spool";

/** Keeps a chain of one running server: takes in its WAL, marks restorable times, takes base backups, and drops what has expired. */
export interface Archiver {
  readonly chain: Chain;
  /** Resolves when it is part of the chain and times after it can be restored. */
  takeBaseBackup(): Promise<void>;
  /** Ships what was not shipped, while the server still runs. */
  shipNow(): Promise<void>;
  /** After the server has stopped or died: takes in what it left, when `takeRest` says so. */
  stop(takeRest: boolean): Promise<void>;
}

export interface ArchiverOptions {
  readonly tools: Tools;
  readonly access: () => AdminAccess;
  readonly chain: Chain;
  readonly archiving: Archiving;
  /** "now": archiving was off, and WAL of that time is missing. "due": when the newest one is an interval old, at once where there is none. */
  readonly baseBackup: "now" | "due";
  readonly isRunning: () => boolean;
  readonly now: () => Date;
  /** What went wrong while nobody waited for it. */
  readonly report: (problem: string) => void;
}

const TAKE_IN_MS = 50;
const RETRY_MS = 1_000;
/** A longer one ends at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const startArchiver = (options: ArchiverOptions): Archiver => {
  const { tools, access, chain, archiving, now, report } = options;
  chain.retentionDays = archiving.retentionDays;
  const shipper = createShipper(access, chain, now);
  const stopped = new AbortController();
  const { signal } = stopped;
  let shipping: Promise<void> = Promise.resolve();
  let backingUp: Promise<void> = Promise.resolve();

  const ship = (after: "ship" | "shipAfterBaseBackup" = "ship"): Promise<void> => {
    const next = shipping.then(() => shipper[after](signal));
    shipping = next.catch(() => undefined);
    return next;
  };
  const takeBaseBackup = (): Promise<void> => {
    const next = backingUp.then(async () => {
      await addBaseBackup({ tools, access: access(), signal }, chain, now);
      await ship("shipAfterBaseBackup");
      await chain.expire(now());
    });
    backingUp = next.catch(() => undefined);
    return next;
  };

  const whileRunning = (work: () => Promise<void>) => async (): Promise<void> => {
    if (options.isRunning()) await work();
  };
  const reported = async (doing: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (thrown) {
      if (!signal.aborted) report(`${chain.id.resourceId}: could not ${doing}: ${messageOf(thrown)}`);
      return false;
    }
  };
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
  const loop = async (doing: string, work: () => Promise<unknown>, waitMs: (rounds: number) => number): Promise<void> => {
    for (let rounds = 0; !signal.aborted; rounds += 1) {
      await pause(waitMs(rounds));
      if (!signal.aborted && !(await reported(doing, work))) await pause(RETRY_MS);
    }
  };
  const untilBaseBackupMs = (rounds: number): number => {
    const newest = chain.newestBase();
    if (newest === undefined || (rounds === 0 && options.baseBackup === "now")) return 0;
    const dueAt = Date.parse(newest.archivedAt) + archiving.baseBackupIntervalSeconds * 1000;
    return Math.min(Math.max(dueAt - now().getTime(), 0), LONGEST_TIMER_MS);
  };
  const loops = [
    loop(
      "take in archived WAL",
      () => takeIn(chain, now),
      () => TAKE_IN_MS,
    ),
    loop(
      "ship WAL",
      whileRunning(() => ship()),
      () => archiving.shippingSeconds * 1000,
    ),
    loop("take a base backup", whileRunning(takeBaseBackup), untilBaseBackupMs),
  ];
  return {
    chain,
    takeBaseBackup,
    shipNow: () => ship(),
    stop: async (takeRest) => {
      stopped.abort();
      await Promise.all([...loops, shipping, backingUp]);
      if (takeRest) await reported("take in the last of its WAL", () => takeIn(chain, now));
    },
  };
};
