import { XMLParser } from "fast-xml-parser";
import { createS3Control, type Replicator, type Surroundings, type TaskResult, type Version } from "../../../../local/s3control";

const ACCOUNT = "000000000000";
const REGION = "us-east-1";
const NOW = new Date("2026-11-26T10:00:00Z");

const version = (key: string, versionId: string, changes: Partial<Version> = {}): Version => ({
  ...{ key, versionId, lastModified: new Date("2026-11-25T00:00:00Z"), isDeleteMarker: false, ...changes },
});

interface Given {
  readonly versions?: readonly Version[];
  readonly statuses?: Readonly<Record<string, ReturnType<Replicator["statusOf"]>>>;
  readonly replicate?: (asked: Version) => TaskResult | Promise<TaskResult>;
  readonly changes?: Partial<Surroundings>;
}

const prepare = ({ versions = [version("a", "1")], statuses = {}, replicate = () => ({ result: "succeeded" }), changes }: Given = {}) => {
  const reports = new Map<string, string>();
  const replicated: string[] = [];
  const surroundings: Surroundings = {
    homeOf: async (bucket) => (bucket === "docs" ? REGION : undefined),
    roleProblem: async () => undefined,
    roleMay: async () => true,
    replicatorOf: () => ({
      isEligible: ({ key }) => !key.startsWith("private/"),
      statusOf: ({ versionId }) => statuses[versionId] ?? "NONE",
      replicate: async (history) => {
        const results: TaskResult[] = [];
        for (const each of history) {
          if (each.asked) replicated.push(`${each.key}@${each.versionId}`);
          results.push(each.asked ? await replicate(each) : { result: "unmatched" });
        }
        return results;
      },
    }),
    async *versions() {
      yield* versions;
    },
    put: async (bucket, key, body) => void reports.set(`${bucket}/${key}`, body),
    ...changes,
  };
  const control = createS3Control({ surroundings, now: () => NOW, account: async () => ACCOUNT });
  const ask = async (method: string, path: string, body = "", accountId = ACCOUNT, region = REGION) => {
    const url = new URL(`http://s3${path}`);
    const request = { method, region, path: url.pathname, query: url.searchParams, accountId, body: Buffer.from(body) };
    const { status, body: answer } = await control.handle(request);
    const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, isArray: (name) => name === "member" });
    return { status, ...parser.parse(answer.toString()) };
  };
  const create = async (changes: Readonly<Record<string, string>> = {}): Promise<string> =>
    (await ask("POST", "/v20180820/jobs", jobXml(changes))).CreateJobResult?.JobId;
  const describeJob = async (id: string) => (await ask("GET", `/v20180820/jobs/${id}`)).DescribeJobResult.Job;
  return { control, ask, create, describeJob, reports, replicated };
};

const jobXml = (changes: Readonly<Record<string, string>> = {}): string => {
  const parts = {
    confirmation: "false",
    operation: "<S3ReplicateObject/>",
    token: "token-1",
    bucket: "docs",
    statuses: "",
    filter: "",
    scope: "FailedTasksOnly",
    extra: "",
    ...changes,
  };
  return `<CreateJobRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">
    <ConfirmationRequired>${parts.confirmation}</ConfirmationRequired><Operation>${parts.operation}</Operation>
    <Report><Enabled>true</Enabled><Bucket>arn:aws:s3:::reports</Bucket><Prefix>backfill</Prefix><Format>Report_CSV_20180820</Format><ReportScope>${parts.scope}</ReportScope></Report>
    <ClientRequestToken>${parts.token}</ClientRequestToken><Priority>1</Priority><RoleArn>arn:aws:iam::000000000000:role/backfill</RoleArn>
    <ManifestGenerator><S3JobManifestGenerator><SourceBucket>arn:aws:s3:::${parts.bucket}</SourceBucket><EnableManifestOutput>false</EnableManifestOutput>
    <Filter><EligibleForReplication>true</EligibleForReplication>${parts.statuses}${parts.filter}</Filter></S3JobManifestGenerator></ManifestGenerator>${parts.extra}
  </CreateJobRequest>`;
};

const statusesXml = (...statuses: readonly string[]): string =>
  `<ObjectReplicationStatuses>${statuses.map((status) => `<member>${status}</member>`).join("")}</ObjectReplicationStatuses>`;

describe("a job", () => {
  it("replicates every version that a rule takes, the oldest of a key first, and counts them", async () => {
    const { create, describeJob, control, replicated } = prepare({
      versions: [
        version("a", "2"),
        version("a", "1"),
        version("b", "4", { isDeleteMarker: true }),
        version("b", "3"),
        version("private/c", "5"),
      ],
    });

    const job = await create();
    await control.settled();

    expect(replicated.filter((each) => each.startsWith("a"))).toEqual(["a@1", "a@2"]);
    expect(replicated.filter((each) => each.startsWith("b"))).toEqual(["b@3", "b@4"]);
    expect(await describeJob(job)).toMatchObject({
      JobId: job,
      JobArn: `arn:aws:s3:${REGION}:${ACCOUNT}:job/${job}`,
      Status: "Complete",
      TerminationDate: NOW.toISOString(),
      ProgressSummary: { TotalNumberOfTasks: "4", NumberOfTasksSucceeded: "4", NumberOfTasksFailed: "0" },
      ManifestGenerator: { S3JobManifestGenerator: { SourceBucket: "arn:aws:s3:::docs" } },
    });
  });

  it.each([
    ["never replicated or failed", ["NONE", "FAILED"], ["k0@none", "k1@failed"]],
    ["replicated to another bucket", ["COMPLETED"], ["k2@completed"]],
    ["replicas", ["REPLICA"], ["k3@replica"]],
  ])("takes those only that are asked for: %s", async (_name, asked, expected) => {
    const names = ["none", "failed", "completed", "replica", "pending"];
    const { create, control, replicated } = prepare({
      versions: names.map((name, index) => version(`k${index}`, name)),
      statuses: { failed: "FAILED", completed: "COMPLETED", replica: "REPLICA", pending: "PENDING" },
    });

    await create({ statuses: statusesXml(...asked) });
    await control.settled();

    expect([...replicated].sort()).toEqual(expected);
  });

  it("leaves to live replication what is pending, and to itself what lies in its time", async () => {
    const { create, control, replicated } = prepare({
      versions: [
        version("early", "1", { lastModified: new Date("2026-11-01T00:00:00Z") }),
        version("late", "2"),
        version("pending", "3"),
        version("then", "4", { lastModified: new Date("2026-11-10T00:00:00Z") }),
      ],
      statuses: { 3: "PENDING" },
    });

    await create({
      filter: "<CreatedAfter>2026-11-05T00:00:00Z</CreatedAfter><CreatedBefore>2026-11-20T00:00:00Z</CreatedBefore>",
    });
    await control.settled();

    expect(replicated).toEqual(["then@4"]);
  });

  it("goes on after a failure and lists it in its report, by key, version and reason", async () => {
    const { create, describeJob, control, reports } = prepare({
      versions: [version("a", "1"), version("b, c/é", "2"), version("d", "3")],
      replicate: ({ versionId }) =>
        versionId === "2"
          ? { result: "failed", reason: 'vault: "no", it said' }
          : { result: versionId === "3" ? "unmatched" : "succeeded" },
    });

    const job = await create();
    await control.settled();

    const progress = (await describeJob(job)).ProgressSummary;
    expect(progress).toMatchObject({ TotalNumberOfTasks: "2", NumberOfTasksSucceeded: "1", NumberOfTasksFailed: "1" });
    const folder = `reports/backfill/job-${job}`;
    const manifest = JSON.parse(reports.get(`${folder}/manifest.json`) ?? "");
    expect(manifest).toMatchObject({ Format: "Report_CSV_20180820", Results: [{ TaskExecutionStatus: "failed", Bucket: "reports" }] });
    expect(reports.get(`reports/${manifest.Results[0].Key}`)).toBe(
      'docs,b%2C%20c/%C3%A9,2,failed,ReplicationFailed,500,"vault: ""no"", it said"\n',
    );
  });

  it("lists what succeeded where that is asked for", async () => {
    const { create, control, reports } = prepare();

    await create({ scope: "AllTasks" });
    await control.settled();

    expect([...reports.values()]).toContain("docs,a,1,succeeded,,200,Successful\n");
  });

  it.each<[string, Readonly<Record<string, string>>, Partial<Surroundings>, string]>([
    ["a bucket that does not exist", { bucket: "nowhere" }, {}, "SrcBucketNotFound"],
    ["a bucket without replication", {}, { replicatorOf: () => undefined }, "SrcBucketReplicationConfigMissing"],
    ["a role that is missing", {}, { roleProblem: async () => "The role does not exist" }, "AssumeRoleNotPermitted"],
    ["a role that may not do it", {}, { roleMay: async (_role, action) => action !== "s3:InitiateReplication" }, "AccessDenied"],
    [
      "a role that may not report",
      {},
      { roleMay: async (_role, _action, to) => !to.startsWith("arn:aws:s3:::reports/backfill/job-") },
      "AccessDenied",
    ],
    ["a bucket of another region", {}, { homeOf: async () => "eu-west-1" }, "SrcBucketInvalidRegion"],
  ])("fails on %s, and says so", async (_name, changes, around, code) => {
    const { create, describeJob, control, replicated } = prepare({ changes: around });

    const job = await create(changes);
    await control.settled();

    expect(await describeJob(job)).toMatchObject({ Status: "Failed", FailureReasons: { member: [{ FailureCode: code }] } });
    expect(replicated).toEqual([]);
  });

  it("waits to be confirmed where that is asked for", async () => {
    const { create, describeJob, control, ask, replicated } = prepare();
    const job = await create({ confirmation: "true" });
    await new Promise(setImmediate);

    expect((await describeJob(job)).Status).toBe("Suspended");
    expect(replicated).toEqual([]);
    await ask("POST", `/v20180820/jobs/${job}/status?requestedJobStatus=Ready`);
    await control.settled();

    expect((await describeJob(job)).Status).toBe("Complete");
  });

  it("ends when it is cancelled, and is not cancelled twice", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((done) => {
      release = done;
    });
    const { create, describeJob, ask, replicated } = prepare({
      versions: Array.from({ length: 40 }, (_, index) => version(`k${index}`, "1")),
      replicate: async () => {
        await held;
        return { result: "succeeded" };
      },
    });
    const job = await create();
    await new Promise(setImmediate);

    const cancelled = ask("POST", `/v20180820/jobs/${job}/status?requestedJobStatus=Cancelled&statusUpdateReason=enough`);
    release();

    expect((await cancelled).UpdateJobStatusResult).toMatchObject({ JobId: job, Status: "Cancelled", StatusUpdateReason: "enough" });
    expect(replicated.length).toBeLessThan(40);
    expect((await describeJob(job)).Status).toBe("Cancelled");
    const again = await ask("POST", `/v20180820/jobs/${job}/status?requestedJobStatus=Cancelled`);
    expect(again).toMatchObject({ status: 400, ErrorResponse: { Error: { Code: "JobStatusException" } } });
  });

  it("stands still while its region is cut off", async () => {
    const { create, describeJob, control, replicated } = prepare();
    control.suspend(REGION);

    const job = await create();
    await new Promise(setImmediate);
    expect(replicated).toEqual([]);
    control.resume(REGION);
    await control.settled();

    expect((await describeJob(job)).Status).toBe("Complete");
  });
});

describe("a call", () => {
  it("with a token that was seen is the same job, and with another request an error", async () => {
    const { create, ask, control } = prepare();

    const first = await create();
    const same = await create();
    const other = await ask("POST", "/v20180820/jobs", jobXml({ bucket: "other" }));
    await control.settled();

    expect(same).toBe(first);
    expect(other).toMatchObject({ status: 400, ErrorResponse: { Error: { Code: "IdempotencyException" } } });
  });

  it("lists jobs by status, page by page, of its region only", async () => {
    const { create, ask, control } = prepare();
    const made = [await create({ token: "1" }), await create({ token: "2" }), await create({ token: "3", bucket: "nowhere" })];
    await control.settled();

    const page = (await ask("GET", "/v20180820/jobs?jobStatuses=Complete&maxResults=1")).ListJobsResult;
    const rest = (await ask("GET", `/v20180820/jobs?jobStatuses=Complete&maxResults=1&nextToken=${page.NextToken}`)).ListJobsResult;
    const elsewhere = (await ask("GET", "/v20180820/jobs", "", ACCOUNT, "eu-west-1")).ListJobsResult;

    expect(page.Jobs.member).toEqual([expect.objectContaining({ JobId: made[0], Operation: "S3ReplicateObject", Status: "Complete" })]);
    expect(rest.Jobs.member).toEqual([expect.objectContaining({ JobId: made[1] })]);
    expect(rest.NextToken).toBeUndefined();
    expect(elsewhere.Jobs).toBe("");
  });

  it.each([
    ["another operation", { operation: "<S3PutObjectTagging/>" }, "S3PutObjectTagging"],
    ["a manifest of one's own", { extra: "<Manifest/>" }, "Manifest"],
    ["a filter that is not implemented", { filter: "<KeyNameConstraint/>" }, "KeyNameConstraint"],
    ["no token", { token: "" }, "ClientRequestToken"],
    ["an unknown status", { statuses: statusesXml("PENDING") }, "ObjectReplicationStatuses"],
  ])("with %s is refused by name", async (_name, changes, named) => {
    const { ask, replicated } = prepare();

    const answer = await ask("POST", "/v20180820/jobs", jobXml(changes));

    expect(answer).toMatchObject({ status: 400, ErrorResponse: { Error: { Code: "InvalidRequest" } } });
    expect(answer.ErrorResponse.Error.Message).toContain(named);
    expect(replicated).toEqual([]);
  });

  it("about a job that is not there, of another account, or that is not served, is refused", async () => {
    const { ask } = prepare();

    expect(await ask("GET", "/v20180820/jobs/none")).toMatchObject({
      status: 404,
      ErrorResponse: { Error: { Code: "NoSuchJobException" } },
    });
    expect(await ask("GET", "/v20180820/jobs", "", "1")).toMatchObject({ status: 403, ErrorResponse: { Error: { Code: "AccessDenied" } } });
    expect(await ask("PUT", "/v20180820/jobs/none/tagging")).toMatchObject({ status: 400 });
  });
});
