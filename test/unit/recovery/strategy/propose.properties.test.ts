import fc from "fast-check";
import { chooseRestore } from "../../../../recovery/postgres/restore-time";
import { estimatesFrom } from "../../../../recovery/strategy/estimates";
import { Proposal } from "../../../../recovery/strategy/proposal";
import { propose } from "../../../../recovery/strategy/propose";
import { anyMeasured, anySignals, CONTEXT, damagedSignals, NOW, soundSignals } from "./arbitrary";

const RUNS = { numRuns: 500 };

test("every input has an answer in the schema, with reasons, as text too", () => {
  fc.assert(
    fc.property(anySignals, anyMeasured, (signals, measured) => {
      const proposal = propose(signals, { ...CONTEXT, estimates: estimatesFrom(measured) });

      expect(Proposal.parse(JSON.parse(JSON.stringify(proposal)))).toEqual(proposal);
      expect(proposal.unknown).toEqual(signals.unread);
    }),
    RUNS,
  );
});

test("a time that is proposed is a whole second of a restore window, before every known beginning of the damage", () => {
  fc.assert(
    fc.property(damagedSignals, (signals) => {
      const proposal = propose(signals, CONTEXT);

      if (proposal.outcome !== "proposed") return;
      const time = new Date(proposal.time ?? Number.NaN);
      expect(chooseRestore(signals.backups, { time, now: NOW }).chosen?.asOf).toEqual(time);
      for (const { since } of signals.corruption) if (since !== undefined) expect(time < since).toBe(true);
    }),
    RUNS,
  );
});

test("no later whole second would do", () => {
  fc.assert(
    fc.property(damagedSignals, (signals) => {
      const proposal = propose(signals, CONTEXT);

      if (proposal.outcome !== "proposed") return;
      const later = new Date(Date.parse(proposal.time ?? "") + 1000);
      const damaged = signals.corruption.some(({ since }) => since !== undefined && since <= later);
      expect(damaged || chooseRestore(signals.backups, { time: later, now: NOW }).chosen === undefined).toBe(true);
    }),
    RUNS,
  );
});

test("with a sign of damage in PostgreSQL nothing is promoted", () => {
  fc.assert(
    fc.property(damagedSignals, (signals) => {
      const proposal = propose(signals, CONTEXT);

      expect(proposal.outcome === "proposed" && proposal.strategy === "latest").toBe(false);
    }),
    RUNS,
  );
});

test("without one, what is proposed loses what the signals say, and nothing open loses less", () => {
  fc.assert(
    fc.property(soundSignals, (signals) => {
      const proposal = propose(signals, CONTEXT);

      if (proposal.outcome !== "proposed") return;
      const newest = chooseRestore(signals.backups, { now: NOW }).chosen?.asOf;
      const restoreLoss = newest === undefined ? Number.POSITIVE_INFINITY : Math.max(0, (NOW.getTime() - newest.getTime()) / 1000);
      const promotionLoss = signals.replica?.lag?.lagSeconds;
      expect(proposal.time).toBeUndefined();
      expect(proposal.expectedLossSeconds).toBe(proposal.strategy === "latest" ? promotionLoss : restoreLoss);
      expect(proposal.expectedLossSeconds).toBeLessThanOrEqual(restoreLoss);
      expect(proposal.meetsRpo).toBe(proposal.expectedLossSeconds <= CONTEXT.tier.rpoSeconds);
    }),
    RUNS,
  );
});

test("a replica that is later than it was never turns a restore into a promotion", () => {
  fc.assert(
    fc.property(anySignals, fc.double({ min: 0, max: 1e6, noNaN: true }), (signals, laterSeconds) => {
      const { replica } = signals;
      if (replica?.lag === undefined) return;
      const later = { ...replica, lag: { ...replica.lag, lagSeconds: replica.lag.lagSeconds + laterSeconds } };

      const [before, after] = [propose(signals, CONTEXT), propose({ ...signals, replica: later }, CONTEXT)];

      if (after.outcome === "proposed" && after.strategy === "latest")
        expect(before).toMatchObject({ outcome: "proposed", strategy: "latest" });
    }),
    RUNS,
  );
});

test("damage to other stores changes no strategy, and is said", () => {
  fc.assert(
    fc.property(soundSignals, (signals) => {
      const choice = (proposal: Proposal) =>
        proposal.outcome === "none" ? "none" : `${proposal.strategy} ${proposal.expectedLossSeconds}`;

      const [warned, clean] = [propose(signals, CONTEXT), propose({ ...signals, corruption: [] }, CONTEXT)];

      expect(choice(warned)).toBe(choice(clean));
      expect(warned.reasons.filter((reason) => reason.startsWith("Warning"))).toHaveLength(signals.corruption.length);
    }),
    RUNS,
  );
});
