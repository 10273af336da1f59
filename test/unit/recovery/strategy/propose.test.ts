import { DOCUMENTED, estimatesFrom } from "../../../../recovery/strategy/estimates";
import type { Proposal } from "../../../../recovery/strategy/proposal";
import { propose } from "../../../../recovery/strategy/propose";
import type { CorruptionSign, ReplicaSignal, StrategySignals } from "../../../../recovery/strategy/signals";
import { CONTEXT } from "./arbitrary";

/** Now is 22:00:00 in all of these. */
const at = (time: string): Date => new Date(`2026-11-24T${time}Z`);

const replicaOf = (changes: Partial<ReplicaSignal> = {}): ReplicaSignal => ({
  instance: "acme-postgres-replica",
  status: "available",
  promoted: false,
  replicating: true,
  replicationStatus: "replicating",
  lag: { lagSeconds: 4.2, measuredAt: at("21:59:30") },
  ...changes,
});

const signalsOf = (changes: Partial<StrategySignals> = {}): StrategySignals => ({
  system: "acme",
  replica: replicaOf(),
  backups: [{ status: "replicating", replicating: true, window: { earliest: at("09:00:00"), latest: at("21:48:00") } }],
  corruption: [],
  unread: [],
  ...changes,
});

const damageSince = (since: string | undefined): CorruptionSign => ({
  kind: "reported",
  store: "postgres",
  ...(since === undefined ? {} : { since: at(since) }),
  evidence: "PostgreSQL is damaged, as it was reported",
  look: "look",
});

const proposed = (signals: StrategySignals, context = CONTEXT): Extract<Proposal, { outcome: "proposed" }> => {
  const proposal = propose(signals, context);
  if (proposal.outcome !== "proposed") throw new Error(`nothing proposed: ${proposal.reasons.join("; ")}`);
  return proposal;
};
const refused = (signals: StrategySignals): Extract<Proposal, { outcome: "none" }> => {
  const proposal = propose(signals, CONTEXT);
  if (proposal.outcome !== "none") throw new Error(`proposed: ${proposal.strategy}`);
  return proposal;
};

describe("without a sign of damage", () => {
  test("a replica that is fresher than the backups is promoted, and the first reason compares the two", () => {
    const proposal = proposed(signalsOf());

    expect(proposal).toMatchObject({
      strategy: "latest",
      method: "promotion",
      expectedLossSeconds: 4.2,
      meetsRpo: true,
      confidence: "full",
    });
    expect(proposal.time).toBeUndefined();
    expect(proposal.reasons[0]).toBe(
      "acme-postgres-replica is 5 s behind (measured 2026-11-24T21:59:30Z); the backups can be restored to 2026-11-24T21:48:00Z, 12 min ago",
    );
    expect(proposal.alternatives).toMatchObject([{ strategy: "point-in-time", expectedLossSeconds: 720 }]);
  });

  test("a lost source stops the replication, which is what a promotion is for", () => {
    const proposal = proposed(signalsOf({ replica: replicaOf({ replicating: false, replicationStatus: "error" }) }));

    expect(proposal.strategy).toBe("latest");
    expect(proposal.reasons[1]).toMatch(/replication: error\), as is the case when its source is lost; what has arrived stays/);
  });

  test("a source that was deleted ends it for good, and who did that is asked", () => {
    const proposal = proposed(signalsOf({ replica: replicaOf({ replicating: false, replicationStatus: "terminated" }) }));

    expect(proposal.strategy).toBe("latest");
    expect(proposal.reasons[1]).toMatch(/Was the source deleted\? Find out by whom/);
  });

  test("one that backs up is promoted once it is available again", () => {
    expect(proposed(signalsOf({ replica: replicaOf({ status: "backing-up" }) })).reasons[1]).toMatch(/once it is available again/);
  });

  test.each([
    ["broken", replicaOf({ status: "storage-full" }), /RDS calls acme-postgres-replica "storage-full"/],
    [
      "of unknown age",
      replicaOf({ replicating: false, replicationStatus: "error", lag: undefined }),
      /nobody knows how far .* \(replication: error\)/,
    ],
    ["further behind than the backups", replicaOf({ lag: { lagSeconds: 721, measuredAt: at("21:59:00") } }), /would lose 12 min 1 s, more/],
    ["absent", undefined, /no standing replica was found/],
  ])("a replica that is %s leaves a restore to the newest time, which no time is set for", (_what, replica, whyNot) => {
    const proposal = proposed(signalsOf({ replica }));

    expect(proposal).toMatchObject({ strategy: "point-in-time", method: "restore", expectedLossSeconds: 720 });
    expect(proposal.time).toBeUndefined();
    expect(proposal.alternatives[0]?.whyNot).toMatch(whyNot);
  });

  test("backups that hold nothing yet leave the promotion", () => {
    const proposal = proposed(signalsOf({ backups: [{ status: "pending", replicating: true }] }));

    expect(proposal.strategy).toBe("latest");
    expect(proposal.alternatives[0]).toMatchObject({
      expectedLossSeconds: null,
      whyNot: expect.stringMatching(/none of 1 automated backups has a restore window yet/),
    });
  });

  test("with neither there is no proposal but a hint, and what could not be read is not called absent", () => {
    const proposal = refused(
      signalsOf({ replica: undefined, backups: [], unread: [{ signal: "automated backups", reason: "AccessDenied" }] }),
    );

    expect(proposal.reasons[0]).toBe(
      "Neither way is open: no standing replica was found; the automated backups could not be read: AccessDenied",
    );
    expect(proposal.hint).toMatch(/permission to read/);
    expect(proposal).toMatchObject({ confidence: "partial", unknown: [{ signal: "automated backups", reason: "AccessDenied" }] });
  });

  test("a proposal that misses the RPO says so, and backups that stand still too", () => {
    const backups = [{ status: "retained", replicating: false, window: { earliest: at("09:00:00"), latest: at("21:30:00") } }];
    const proposal = proposed(signalsOf({ replica: undefined, backups }));

    expect(proposal).toMatchObject({ expectedLossSeconds: 1800, meetsRpo: false });
    expect(proposal.reasons).toContain('A loss of 30 min MISSES the RPO of tier "critical", 15 min');
    expect(proposal.reasons).toContain("New backups are not known to arrive: the loss of a restore grows with every minute");
  });

  test("a replica that was promoted already is not promoted again, and nobody goes behind it unasked", () => {
    const proposal = refused(signalsOf({ replica: replicaOf({ promoted: true, replicating: false, replicationStatus: "" }) }));

    expect(proposal.reasons[0]).toMatch(/A failover has taken place/);
    expect(proposal.hint).toMatch(/\/lifeboat\/acme\/live/);
    expect(proposal.alternatives.map(({ whyNot }) => whyNot)[1]).toMatch(/all that was written since the promotion/);
  });
});

describe("with a sign of damage in PostgreSQL", () => {
  test("the last second before it is restored, its loss is said, and the fresh replica is no way out", () => {
    const proposal = proposed(signalsOf({ corruption: [damageSince("21:00:00.500"), damageSince("20:30:00")] }));

    expect(proposal).toMatchObject({
      strategy: "point-in-time",
      method: "restore",
      time: "2026-11-24T20:29:59Z",
      expectedLossSeconds: 5401,
      meetsRpo: false,
    });
    expect(proposal.reasons.slice(0, 4)).toEqual([
      "PostgreSQL is damaged, as it was reported (since 2026-11-24T21:00:00.500Z)",
      "PostgreSQL is damaged, as it was reported (since 2026-11-24T20:30:00.000Z)",
      "The standing replica has copied the same rows at once, so a promotion would keep the damage",
      "2026-11-24T20:29:59Z is the newest restorable second before 2026-11-24T20:30:00.000Z; what was committed in the 1 h 30 min since is lost, sound rows too",
    ]);
    expect(proposal.alternatives[0]).toMatchObject({
      strategy: "latest",
      expectedLossSeconds: 4.2,
      whyNot: expect.stringMatching(/copies damaged rows/),
    });
  });

  test("damage that is newer than the backups pins the newest time: new ones may bring it along", () => {
    expect(proposed(signalsOf({ corruption: [damageSince("21:55:00")] })).time).toBe("2026-11-24T21:48:00Z");
  });

  test("damage that is older than the backups leaves nothing to propose, and says what can be restored", () => {
    const proposal = refused(signalsOf({ corruption: [damageSince("09:00:00")] }));

    expect(proposal.reasons.join("\n")).toMatch(
      /No time before 2026-11-24T09:00:00.000Z can be restored to: .*restorable: 2026-11-24T09:00:00.000Z/,
    );
    expect(proposal.hint).toMatch(/--corrupted-since/);
  });

  test("damage of an unknown time asks for one", () => {
    expect(refused(signalsOf({ corruption: [damageSince(undefined)] })).hint).toMatch(/--corrupted-since 2026/);
  });
});

test("damage elsewhere is a warning with a way to look", () => {
  const corruption: CorruptionSign[] = [{ kind: "record-fall", store: "chroma", evidence: "the vectors fell by 80 %", look: "ask why" }];

  const proposal = proposed(signalsOf({ corruption }));

  expect(proposal.strategy).toBe("latest");
  expect(proposal.reasons).toContain("Warning, chroma: the vectors fell by 80 %. Ask why");
});

describe("the time that a recovery takes", () => {
  test("is not known from the vendor's documents, which are named", () => {
    expect(proposed(signalsOf())).toMatchObject({
      expectedRecoverySeconds: null,
      meetsRto: null,
      recoverySource: { source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html" },
    });
    expect([DOCUMENTED.promotion.seconds, DOCUMENTED.restore.seconds]).toEqual([null, null]);
  });

  test("is that of the newest recovery by the same method that the catalogue has", () => {
    const of = (method: "promotion" | "restore", recoveryId: string, from: string, to: string) => ({
      method,
      recoveryId,
      resolvedAt: at(from),
      usableAt: at(to),
    });
    const estimates = estimatesFrom([
      of("restore", "drill-1", "10:00:00", "12:00:00"),
      of("promotion", "failover-1", "10:00:00", "10:01:00"),
      of("promotion", "failover-2", "11:00:00", "11:09:00"),
    ]);

    const [promotion, restore] = [signalsOf(), signalsOf({ replica: undefined })].map((signals) =>
      proposed(signals, { ...CONTEXT, estimates }),
    );

    expect(promotion).toMatchObject({
      expectedRecoverySeconds: 540,
      meetsRto: true,
      recoverySource: { source: expect.stringMatching(/recovery failover-2 of 2026-11-24T11:00/) },
    });
    expect(restore).toMatchObject({ expectedRecoverySeconds: 7200, meetsRto: false });
    expect(restore?.reasons).toContain('A recovery in 2 h MISSES the RTO of tier "critical", 1 h');
  });
});
