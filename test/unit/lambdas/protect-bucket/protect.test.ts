import type { ReplicationRule } from "@aws-sdk/client-s3";
import type { BatchJob, BatchJobs } from "../../../../lambdas/protect-bucket/jobs";
import { followBackfill, type ProtectTools, protectBucket, releaseBucket } from "../../../../lambdas/protect-bucket/protect";
import type { BucketSettings, HeldReplication } from "../../../../lambdas/protect-bucket/settings";
import { BACKFILL_KEY, Backfill } from "../../../../recovery/existing/backfill";
import type { BucketFacts } from "../../../../recovery/existing/bucket";
import { MemoryObjects } from "../../../support/memory-objects";

const ROLE = "arn:aws:iam::123456789012:role/acme-replicate-documents";
const ASKED = {
  bucket: "docs",
  enableVersioning: false,
  keyArn: null,
  replicationRoleArn: ROLE,
  ownsReplicationRole: true,
  batchRoleArn: "arn:aws:iam::123456789012:role/acme-backfill",
  rules: [{ id: "live-ready", prefix: "", destinationBucket: "replica", destinationKeyArn: "arn:key", deleteMarkers: true }],
};
const THEIRS: ReplicationRule = {
  ...{ ID: "offsite", Priority: 1, Status: "Enabled", Filter: { Prefix: "" } },
  Destination: { Bucket: "arn:aws:s3:::offsite" },
};

/** A bucket's settings in memory, with what was asked of them in order. */
class MemorySettings implements BucketSettings {
  readonly calls: string[] = [];
  constructor(
    private held: HeldReplication | undefined,
    private found: Partial<BucketFacts> = {},
  ) {}
  exists = async () => this.found.region !== "nowhere";
  facts = async (): Promise<BucketFacts> => ({
    ...{ bucket: "docs", region: "us-east-1", versioning: "Enabled", objectLock: false },
    ...this.found,
  });
  replication = async () => this.held;
  enableVersioning = async () => {
    this.calls.push("versioning");
    this.found = { ...this.found, versioning: "Enabled" };
  };
  replicate = async (replication: HeldReplication | undefined) => {
    this.calls.push(replication === undefined ? "no replication" : `rules ${replication.rules.map(({ ID }) => ID).join(" ")}`);
    this.held = replication;
  };
}

const job = (status: BatchJob["status"], changes: Partial<BatchJob> = {}): BatchJob => ({
  ...{ status, objects: { total: 3, succeeded: 3, failed: 0 }, reasons: [], endedAt: new Date("2026-11-26T10:05:00Z"), ...changes },
});
const RUNNING = job("running", { objects: { total: 3, succeeded: 1, failed: 0 }, endedAt: undefined });

/** Answers what is given, one after another, the last one again and again. */
class FakeJobs implements BatchJobs {
  readonly tokens: string[] = [];
  readonly cancelled: string[] = [];
  readonly answers: (BatchJob | undefined)[];
  startsToFail = 0;
  constructor(...answers: (BatchJob | undefined)[]) {
    this.answers = answers;
  }
  start = async ({ token }: Pick<Backfill, "token">) => {
    this.tokens.push(token);
    if (this.startsToFail > 0) {
      this.startsToFail -= 1;
      throw new Error("no answer");
    }
    return `job-${new Set(this.tokens).size}`;
  };
  find = async () => (this.answers.length > 1 ? this.answers.shift() : this.answers[0]);
  cancel = async (id: string) => void this.cancelled.push(id);
}

const prepare = (settings: MemorySettings, jobs = new FakeJobs(job("complete"))) => {
  const documents = new MemoryObjects("docs");
  const reports = new MemoryObjects("staging");
  const warnings: unknown[] = [];
  const slept: number[] = [];
  let now = Date.parse("2026-11-26T10:00:00Z");
  const log = { info: () => undefined, error: () => undefined, warn: (_message: string, fields: unknown) => void warnings.push(fields) };
  const tools: ProtectTools = {
    ...{ system: "acme", region: "us-east-1", settings, documents, reports, jobs, log, remainingMs: () => 300_000 },
    now: () => new Date(now),
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
  const noted = async (): Promise<Backfill> =>
    Backfill.parse(JSON.parse(Buffer.from((await documents.get(BACKFILL_KEY))?.bytes ?? []).toString()));
  return { tools, settings, jobs, documents, reports, warnings, slept, noted };
};

const OWN = "lifeboat-acme.live-ready";

describe("protecting", () => {
  it("notes the backfill, adds its rules, and has what is there replicated", async () => {
    const { tools, settings, jobs, documents, noted } = prepare(new MemorySettings({ role: ROLE, rules: [THEIRS] }));

    const result = await protectBucket(tools, ASKED);

    expect(settings.calls).toEqual([`rules offsite ${OWN}`]);
    expect(result).toMatchObject({ changed: ["replication"], backfill: { status: "complete", jobId: "job-1", objects: { total: 3 } } });
    expect(jobs.tokens).toEqual([result.backfill?.token]);
    expect(await noted()).toEqual(result.backfill);
    // Asked for, running, done: the bucket keeps every version.
    expect(documents.puts).toEqual([BACKFILL_KEY, BACKFILL_KEY, BACKFILL_KEY]);
  });

  it("changes nothing where all stands already", async () => {
    const { tools, settings, jobs, documents } = prepare(new MemorySettings(undefined));
    const first = await protectBucket(tools, ASKED);
    const before = { calls: [...settings.calls], puts: [...documents.puts], tokens: [...jobs.tokens] };

    const second = await protectBucket(tools, ASKED);

    expect(second).toEqual({ ...first, changed: [] });
    expect({ calls: settings.calls, puts: documents.puts, tokens: jobs.tokens }).toEqual(before);
  });

  it("goes on with the same token after an interruption", async () => {
    const jobs = new FakeJobs(job("complete"));
    jobs.startsToFail = 1;
    const { tools } = prepare(new MemorySettings(undefined), jobs);

    await expect(protectBucket(tools, ASKED)).rejects.toThrow("no answer");
    const result = await protectBucket(tools, ASKED);

    expect(new Set(jobs.tokens).size).toBe(1);
    expect(result.backfill?.status).toBe("complete");
  });

  it("asks for another backfill when its rules change, and ends the one that runs", async () => {
    const { tools, jobs } = prepare(new MemorySettings(undefined), new FakeJobs(RUNNING));
    await protectBucket(tools, ASKED);

    await protectBucket(tools, { ...ASKED, rules: ASKED.rules.map((rule) => ({ ...rule, destinationBucket: "another" })) });

    expect(jobs.cancelled).toEqual(["job-1"]);
    expect(new Set(jobs.tokens).size).toBe(2);
  });

  it("leaves a backfill that takes long to the schedule, polling ever less often", async () => {
    const { tools, slept } = prepare(new MemorySettings(undefined), new FakeJobs(RUNNING));

    const result = await protectBucket(tools, ASKED);

    expect(result.backfill).toMatchObject({ status: "running", objects: { total: 3, succeeded: 1 } });
    expect(slept).toEqual([1000, 2000, 4000, 8000, 16_000, 29_000]);
  });

  it("switches versioning on where it may, before the rules", async () => {
    const { tools, settings } = prepare(new MemorySettings(undefined, { versioning: "never" }));

    const result = await protectBucket(tools, { ...ASKED, enableVersioning: true });

    expect(settings.calls).toEqual(["versioning", `rules ${OWN}`]);
    expect(result.changed).toEqual(["versioning", "replication"]);
  });

  it("refuses with every reason at once and changes nothing", async () => {
    const settings = new MemorySettings({ role: "arn:other", rules: [THEIRS] }, { versioning: "never", objectLock: true });
    const { tools, jobs, documents } = prepare(settings);

    await expect(protectBucket(tools, ASKED)).rejects.toThrow(/no versioning.*Object Lock.*one role for all rules/s);
    expect([settings.calls, jobs.tokens, documents.puts]).toEqual([[], [], []]);
  });

  it("says so when what it wrote is not what is there", async () => {
    const settings = new MemorySettings(undefined);
    settings.replicate = async () => undefined;

    await expect(protectBucket(prepare(settings).tools, ASKED)).rejects.toThrow("is not what was written");
  });

  it("fails when the whole backfill failed, and asks for a new one the next time", async () => {
    const reasons = ["AssumeRoleNotPermitted: no"];
    const { tools, jobs } = prepare(new MemorySettings(undefined), new FakeJobs(job("failed", { reasons }), job("complete")));

    await expect(protectBucket(tools, ASKED)).rejects.toThrow(/could not be replicated.*AssumeRoleNotPermitted: no/);
    const again = await protectBucket(tools, ASKED);

    expect(again.backfill?.status).toBe("complete");
    expect(new Set(jobs.tokens).size).toBe(2);
  });

  it("lists the objects that could not be replicated", async () => {
    const failing = job("complete", { objects: { total: 3, succeeded: 1, failed: 2 } });
    const { tools, reports, warnings } = prepare(new MemorySettings(undefined), new FakeJobs(failing));
    const manifest = { Results: [{ TaskExecutionStatus: "failed", Key: "backfill/job-job-1/results/f.csv" }] };
    await reports.put("backfill/job-job-1/manifest.json", JSON.stringify(manifest), { contentType: "application/json" });
    const csv = 'docs,a.txt,v1,failed,DstBucketUnversioned,400,"not ""versioned"", it said"\ndocs,b.txt,v2,failed,403,AccessDenied,no\n';
    await reports.put("backfill/job-job-1/results/f.csv", csv, { contentType: "text/csv" });

    const { backfill } = await protectBucket(tools, ASKED);

    expect(backfill).toMatchObject({
      report: "s3://staging/backfill/job-job-1/manifest.json",
      failed: [
        { key: "a.txt", versionId: "v1", code: "DstBucketUnversioned", message: 'not "versioned", it said' },
        { key: "b.txt", versionId: "v2", code: "AccessDenied", message: "no" },
      ],
    });
    expect(warnings).toEqual([{ failed: 2, listed: ["a.txt: DstBucketUnversioned", "b.txt: AccessDenied"] }]);
  });
});

describe("following", () => {
  it("writes down only what has changed, until there is nothing more to follow", async () => {
    const jobs = new FakeJobs(RUNNING);
    const { tools, documents, noted } = prepare(new MemorySettings(undefined), jobs);
    await protectBucket(tools, ASKED);
    const writes = documents.puts.length;

    await followBackfill(tools);
    expect(documents.puts).toHaveLength(writes);
    jobs.answers.splice(0, 1, job("complete"));
    const ended = await followBackfill(tools);

    expect(ended.backfill).toMatchObject({ status: "complete", endedAt: "2026-11-26T10:05:00.000Z" });
    expect(await noted()).toEqual(ended.backfill);
    jobs.answers.splice(0, 1, undefined);
    expect(await followBackfill(tools)).toEqual(ended);
  });

  it("fails when S3 no longer knows a job that had not ended", async () => {
    const jobs = new FakeJobs(RUNNING);
    const { tools } = prepare(new MemorySettings(undefined), jobs);
    await protectBucket(tools, ASKED);
    jobs.answers.splice(0, 1, undefined);

    await expect(followBackfill(tools)).rejects.toThrow("S3 does not know the batch job job-1");
  });

  it("has nothing to say before there is a backfill", async () => {
    expect(await followBackfill(prepare(new MemorySettings(undefined)).tools)).toEqual({ bucket: "docs", changed: [], backfill: null });
  });
});

describe("releasing", () => {
  it("takes its rules away and leaves the others, and ends what runs", async () => {
    const theirs = { role: "arn:theirs", rules: [THEIRS] };
    const asked = { ...ASKED, replicationRoleArn: "arn:theirs", ownsReplicationRole: false };
    const { tools, settings, jobs, noted } = prepare(new MemorySettings(theirs), new FakeJobs(RUNNING));
    await protectBucket(tools, asked);

    const result = await releaseBucket(tools, asked);

    expect(result).toEqual({ bucket: "docs", changed: ["replication"], backfill: null });
    expect(await settings.replication()).toEqual(theirs);
    expect(jobs.cancelled).toEqual(["job-1"]);
    expect((await noted()).status).toBe("cancelled");
    expect(await releaseBucket(tools, asked)).toEqual({ ...result, changed: [] });
  });

  it("takes the whole replication away where all of it was its own", async () => {
    const { tools, settings } = prepare(new MemorySettings(undefined));
    await protectBucket(tools, ASKED);

    await releaseBucket(tools, ASKED);

    expect(settings.calls.at(-1)).toBe("no replication");
  });

  it("refuses while others' rules live under its role, and takes nothing away", async () => {
    const { tools, settings } = prepare(new MemorySettings(undefined));
    await protectBucket(tools, ASKED);
    const held = await settings.replication();
    await settings.replicate({ role: ROLE, rules: [...(held?.rules ?? []), THEIRS] });
    const calls = settings.calls.length;

    await expect(releaseBucket(tools, ASKED)).rejects.toThrow(/cannot be taken away.*offsite of docs replicate under/s);
    expect(settings.calls).toHaveLength(calls);
  });

  it("has nothing to take from a bucket that is gone", async () => {
    const { tools, settings } = prepare(new MemorySettings(undefined, { region: "nowhere" }));

    expect((await releaseBucket(tools, ASKED)).changed).toEqual([]);
    expect(settings.calls).toEqual([]);
  });
});
