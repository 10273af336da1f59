import fc from "fast-check";
import { STORES } from "../../../../recovery/store";
import type { MeasuredRecovery } from "../../../../recovery/strategy/estimates";
import { DOCUMENTED } from "../../../../recovery/strategy/estimates";
import type { ProposeContext } from "../../../../recovery/strategy/propose";
import {
  type BackupsSignal,
  type CorruptionSign,
  type ReplicaSignal,
  SIGN_KINDS,
  SIGNALS,
  type StrategySignals,
} from "../../../../recovery/strategy/signals";
import { PROMOTABLE } from "../../../../recovery/strategy/ways";

export const NOW = new Date("2026-11-24T22:00:00.000Z");
export const CONTEXT: ProposeContext = {
  now: NOW,
  tier: { name: "critical", rpoSeconds: 900, rtoSeconds: 3600 },
  estimates: DOCUMENTED,
};

/** Within two days around now, to the millisecond. */
const time = fc.date({ min: new Date(NOW.getTime() - 172_800_000), max: new Date(NOW.getTime() + 172_800_000), noInvalidDate: true });
const text = fc.string({ maxLength: 12 });

export const replica: fc.Arbitrary<ReplicaSignal> = fc
  .record({
    instance: fc.constant("acme-postgres-replica"),
    status: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...PROMOTABLE) },
      { weight: 1, arbitrary: fc.constantFrom("storage-full", "failed", "") },
    ),
    promoted: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    replicating: fc.boolean(),
    replicationStatus: fc.constantFrom("replicating", "replicating", "error", "terminated", ""),
    lag: fc.option(fc.record({ lagSeconds: fc.double({ min: 0, max: 200_000, noNaN: true }), measuredAt: time }), {
      nil: undefined,
      freq: 4,
    }),
  })
  .map(({ lag, ...rest }) => (lag === undefined ? rest : { ...rest, lag }));

const window = fc.tuple(time, time).map(([a, b]) => (a <= b ? { earliest: a, latest: b } : { earliest: b, latest: a }));
const backups: fc.Arbitrary<BackupsSignal> = fc
  .record({ status: text, replicating: fc.boolean(), window: fc.option(window, { nil: undefined, freq: 5 }) })
  .map((all) => (all.window === undefined ? { status: all.status, replicating: all.replicating } : { ...all, window: all.window }));

const sign = (store: fc.Arbitrary<CorruptionSign["store"]>): fc.Arbitrary<CorruptionSign> =>
  fc
    .record({
      kind: fc.constantFrom(...SIGN_KINDS),
      store,
      since: fc.option(time, { nil: undefined, freq: 5 }),
      evidence: text,
      look: text,
    })
    .map(({ since, store: of, ...rest }) => ({
      ...rest,
      ...(of === undefined ? {} : { store: of }),
      ...(since === undefined ? {} : { since }),
    }));

const withCorruption = (corruption: fc.Arbitrary<readonly CorruptionSign[]>): fc.Arbitrary<StrategySignals> =>
  fc
    .record({
      system: fc.constant("acme"),
      replica: fc.option(replica, { nil: undefined, freq: 5 }),
      backups: fc.array(backups, { maxLength: 3 }),
      corruption,
      unread: fc.array(fc.record({ signal: fc.constantFrom(...SIGNALS), reason: text }), { maxLength: 3 }),
    })
    .map(({ replica: one, ...rest }) => (one === undefined ? rest : { ...rest, replica: one }));

export const anySignals = withCorruption(fc.array(sign(fc.constantFrom(undefined, ...STORES)), { maxLength: 3 }));
export const soundSignals = withCorruption(
  fc.array(sign(fc.constantFrom(undefined, "chroma", "objects", "configuration")), { maxLength: 2 }),
);
export const damagedSignals = withCorruption(fc.array(sign(fc.constant("postgres")), { minLength: 1, maxLength: 3 }));

export const anyMeasured: fc.Arbitrary<readonly MeasuredRecovery[]> = fc.array(
  fc.record({
    method: fc.constantFrom("promotion", "restore"),
    recoveryId: fc.constantFrom("drill-1", "failover-2"),
    resolvedAt: time,
    usableAt: time,
  }),
  { maxLength: 4 },
);
