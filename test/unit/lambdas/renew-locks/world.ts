import { renewLocks } from "../../../../lambdas/renew-locks/renew";
import type { ObjectLock } from "../../../../lambdas/shared/objects";
import { Renewal } from "../../../../recovery/objects/renewal";
import { NO_LONG_TERM, retentionPolicy } from "../../../../recovery/retention/policy";
import { MemoryObjects } from "../../../support/memory-objects";
import { SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { catalogueIn } from "../support/vaults";

const DAY_SECONDS = 86_400;
export const PERIOD_DAYS = 100;
/** A quarter of the period: within it a lock is renewed, and half of it is the rotation. */
export const MARGIN_DAYS = 25;
export const ROTATION_DAYS = 12;
/** The vault's period is 90 days. */
export const POINTS_ROTATION = 11;

/** A vault and the documents' two copies in memory, from 2026 on. */
export const prepare = (pageSize = 4) => {
  const clock = clockAt("2026-01-01T00:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now, 100);
  const documentsReplica = new MemoryObjects("replica", clock.now, pageSize);
  const documentsVault = new MemoryObjects("documents-vault", clock.now, pageSize + 1);
  const { log, lines } = memoryLog();
  const days = (count: number): void => clock.passSeconds(count * DAY_SECONDS);
  const inDays = (count: number): Date => new Date((Math.floor(clock.now().getTime() / 1000) + count * DAY_SECONDS) * 1000);
  const replicated = async (key: string, mode: ObjectLock["mode"] = "GOVERNANCE"): Promise<void> => {
    documentsReplica.add(key, "x");
    await documentsVault.put(key, "x", { contentType: "text/plain", lock: { mode, until: inDays(PERIOD_DAYS) } });
  };
  const run = (goOn = () => true, longTerm = NO_LONG_TERM, goOnWithPoints = () => true) => {
    // No two runs begin at once; S3 keeps a lock's seconds.
    clock.passSeconds(0.001);
    return renewLocks(
      { vault, catalogue: catalogueIn(vault), documentsReplica, documentsVault, log, now: clock.now, goOn, goOnWithPoints },
      {
        system: SYSTEM,
        policy: retentionPolicy({ backupRetentionDays: 90, documentsRetentionDays: PERIOD_DAYS, longTerm }),
        lockMode: "GOVERNANCE",
        intervalSeconds: DAY_SECONDS,
        period: { days: PERIOD_DAYS },
      },
    );
  };
  const lockOf = async (store: MemoryObjects, key: string): Promise<Date | undefined> => (await store.head(key))?.lock?.until;
  const report = (key: string | undefined): Renewal => Renewal.parse(JSON.parse(vault.text(key ?? "") ?? "null"));
  return { clock, vault, documentsReplica, documentsVault, lines, days, inDays, replicated, run, lockOf, report };
};

export const KEYS = Array.from({ length: 40 }, (_, index) => `k${String(index).padStart(3, "0")}`);
