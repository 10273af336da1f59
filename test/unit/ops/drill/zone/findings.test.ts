import { DATABASE_LAGS } from "../../../../../ops/drill/profile";
import type { Protected } from "../../../../../ops/drill/scenario";
import { zoneFindings } from "../../../../../ops/drill/zone/findings";
import type { ZoneOutcome } from "../../../../../ops/drill/zone/recover";
import { at } from "../../../recovery/evidence/writes";
import { protectedCompany } from "../protected";

const loss = {
  at: at(0),
  zone: "us-east-1a",
  database: { host: "127.0.0.1", port: 5432, pids: [1] },
  pods: [{ namespace: "acme", pod: "chroma-0", pid: 2 }],
  overAt: at(0.1),
  leftAt: at(0.5),
};
const failover = { startedAt: at(0.02), completedAt: at(2) };
const outcome = (changes: Partial<ZoneOutcome> = {}): ZoneOutcome => ({
  loss,
  failover,
  servedAt: at(3),
  ledgerCheckSeconds: 1,
  checks: [],
  ...changes,
});
const findings = (changes: Partial<ZoneOutcome> = {}) => zoneFindings(DATABASE_LAGS, before, outcome(changes));
const before: Protected = protectedCompany();

const secondsOf = (changes: Partial<ZoneOutcome> = {}) => findings(changes).phases.map(({ name, seconds }) => [name, seconds]);

describe("what a zone's loss shows", () => {
  test("RDS decides by itself, the standby takes over, and applications connect again; the other phases take no time and say why", () => {
    expect(secondsOf()).toEqual([
      ["decide", 0.02],
      ["provision", 0],
      ["restore", 1.98],
      ["hydrate", 0],
      ["verify", 0],
      ["cutOver", 1],
    ]);
    expect(findings().phases.every(({ note }) => note !== undefined)).toBe(true);
    expect(findings()).toMatchObject({ decidedAt: at(0.02).toISOString(), servedAt: at(3), strategy: null, alarms: [] });
  });

  test("an application that was quicker than RDS's event ends the takeover", () => {
    expect(secondsOf({ servedAt: at(1.5) })).toEqual(
      expect.arrayContaining([
        ["restore", 1.48],
        ["cutOver", 0],
      ]),
    );
  });

  test("without a failover nothing began, and without writes nothing ended", () => {
    expect(findings({ failover: undefined, servedAt: undefined })).toMatchObject({ decidedAt: null, phases: [] });
    expect(secondsOf({ servedAt: undefined }).map(([name]) => name)).toEqual(["decide", "provision", "restore", "hydrate", "verify"]);
  });

  test("says what is not shown: a volume that stays in its zone, and nodes that are given up late", () => {
    const notes = findings().parts.filter(({ real }) => !real);
    expect(notes.find(({ name }) => name === "volumes and nodes of the zone")?.note).toMatch(/EBS volume stays in its zone/);
  });
});
