import type { Observations, StoreEvidence } from "../../../../recovery/evidence/evidence";
import { phasesFrom } from "../../../../recovery/evidence/phases";
import { at } from "./writes";

export const store = (changes: Partial<StoreEvidence> = {}): StoreEvidence => ({
  lossSeconds: 4.5,
  acknowledgedWrites: 100,
  lostWrites: 2,
  recovered: 98,
  rpoObjectiveSeconds: 120,
  met: true,
  ...changes,
});

/** A recovery that met every objective. */
export const observations = (changes: Partial<Observations> = {}): Observations => ({
  scenario: "regional-disaster",
  strategy: "latest",
  startedAt: at(-100).toISOString(),
  disasterAt: at(0).toISOString(),
  decidedAt: at(60).toISOString(),
  recoveredAt: at(100).toISOString(),
  phases: [
    ...phasesFrom(at(0), { decide: at(60), provision: at(70), restore: at(80), hydrate: at(85.25), verify: at(95), cutOver: at(100) }),
  ],
  rtoSeconds: 100,
  rtoObjectiveSeconds: 600,
  stores: { objects: store(), chroma: store({ rpoObjectiveSeconds: 240 }) },
  proposal: null,
  databaseStrategies: {
    promotion: { lossSeconds: 1.25, lostWrites: 2, recoverySeconds: 3.5, note: "applications were sent to it" },
    restore: { lossSeconds: 6.75, lostWrites: 9, recoverySeconds: 12.5, note: "restored beside" },
  },
  checks: [
    { store: "objects", name: "digests", expected: "0", actual: "0", passed: true },
    { store: "chroma", name: "digests", expected: "0", actual: "0", passed: true },
  ],
  parts: [
    { name: "Chroma", real: true, note: "a real server" },
    { name: "load balancer", real: false, note: "a local port" },
  ],
  measuredLocal: { export: { seconds: 1.5, note: "4,598 records" }, replication: { lagSeconds: 2, note: "the gateway's lag" } },
  estimatedOnAws: {
    replication: { lagSeconds: 900, source: "https://docs.aws.amazon.com/", note: "RTC" },
    pod: { seconds: null, source: "https://docs.aws.amazon.com/", note: "unknown" },
  },
  alarms: [
    {
      name: "shop-objects-rpo",
      store: "objects",
      region: "eu-west-1",
      state: "ALARM",
      stateChangedAt: at(58).toISOString(),
      receivedAt: at(60).toISOString(),
      lagSeconds: 95,
      objectiveSeconds: 120,
      runbookUrl: "https://runbooks.example/region",
      reason: "threshold crossed",
    },
  ],
  primaryRegionCallsAfterDisaster: 0,
  ...changes,
});
