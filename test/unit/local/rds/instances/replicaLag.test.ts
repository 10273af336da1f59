import { primary, recovery } from "../givenRds";
import { givenReplica, replica } from "../givenReplica";

const datum = { region: recovery, metricName: "ReplicaLag", instance: "replica", unit: "Seconds" };

describe("the metric ReplicaLag", () => {
  it("is the replica's, in its region, and -1 while nothing is replicated", async () => {
    const { rds, clock, published } = await givenReplica();

    await rds.measure();
    clock.set("2026-03-01T12:01:00Z");
    rds.suspend(primary);
    await rds.measure();

    expect(published).toEqual([
      { ...datum, time: new Date("2026-03-01T12:00:00Z"), value: 1 },
      { ...datum, time: new Date("2026-03-01T12:01:00Z"), value: -1 },
    ]);
  });

  it("is not published by a region that is cut off, nor by a replica that was promoted", async () => {
    const { rds, published, settle } = await givenReplica();

    rds.suspend(recovery);
    await rds.measure();
    rds.resume(recovery);
    await settle(recovery, "PromoteReadReplica", replica);
    await rds.measure();

    expect(published).toEqual([]);
  });

  it("is -1 where the server does not answer", async () => {
    const { rds, engine, published } = await givenReplica();
    engine.fail("replicaState", new Error("connection refused"));

    await rds.measure();

    expect(published).toMatchObject([{ value: -1 }]);
  });

  it("is measured again and again, until the end", async () => {
    jest.useFakeTimers();
    try {
      const { rds, published } = await givenReplica();
      rds.start();

      await jest.advanceTimersByTimeAsync(125_000);
      await rds.stop();
      await jest.advanceTimersByTimeAsync(125_000);

      expect(published).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });
});
