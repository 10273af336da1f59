import { z } from "zod";
import { CHROMA_POD_PORT } from "../../../infra/components/chroma/chromaServer";
import { recoveredBucketPrefix } from "../../../recovery/names";
import { databaseOf } from "../support/database";
import { deployedDr, STANDING } from "../support/dr";
import { unguarded } from "../support/guard";
import { ACCOUNT } from "../support/outputs";
import { PRIMARY, RECOVERY, SYSTEM } from "../support/prod";
import type { Recording } from "../support/recording";
import { INVOCATION, stepsOf } from "../support/steps";

// What the mocks' random id and load balancer make of it.
const SUFFIX = "0a1b2c3d";
const CHROMA_URL = `http://chroma.acme-${RECOVERY}.internal:${STANDING.chroma.port}`;
const DRILL_BUCKET = `${recoveredBucketPrefix({ system: SYSTEM, accountId: ACCOUNT })}${SUFFIX}`;

const SERVER = [
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:core/v1:Namespace",
  "kubernetes:core/v1:Service",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:policy/v1:PodDisruptionBudget",
];

const DATABASE = [
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:rds/instance:Instance",
  "aws:secretsmanager/secret:Secret",
  "aws:secretsmanager/secretVersion:SecretVersion",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "random:index/randomPassword:RandomPassword",
];

const BUCKET = [
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
];

const typesOf = (recording: Recording) => [...new Set(recording.created().map(({ type }) => type))].sort();
const protectedTypes = (recording: Recording) => recording.custom().flatMap(({ protect, type }) => (protect ? [type] : []));

let drill: Recording;
let failover: Recording;
beforeAll(async () => {
  drill = await deployedDr({ mode: "drill" });
  failover = await deployedDr({ mode: "failover" });
});

describe.each(["drill", "failover"])("in mode %s", (mode) => {
  const recording = () => (mode === "drill" ? drill : failover);

  it("all that is made and asked is in the recovery region", () => {
    const places = (prefix: string) => [
      ...new Set(
        recording()
          .created()
          .flatMap(({ type, place }) => (type.startsWith(prefix) ? [place] : [])),
      ),
    ];

    expect(places("aws:")).toEqual([RECOVERY]);
    expect(places("kubernetes:")).toEqual([`acme-${RECOVERY}`]);
    expect([...new Set(recording().invokes.map(({ place }) => place))]).toEqual([RECOVERY]);
  });

  it("nothing names the lost region, or another stack", () => {
    const { resources } = recording();

    expect(resources.filter(({ inputs }) => JSON.stringify(inputs).includes(PRIMARY))).toEqual([]);
    expect(resources.map(({ type }) => type)).not.toContain("pulumi:pulumi:StackReference");
  });

  it("makes no role, no policy of one and no function: IAM may refuse writes on that day", () => {
    expect(typesOf(recording()).filter((type) => type.startsWith("aws:iam/") || type === "aws:lambda/function:Function")).toEqual([]);
  });

  it("the new server listens where the functions are let out to, and lets them in", () => {
    const service = z
      .object({ spec: z.object({ ports: z.array(z.object({ port: z.number(), targetPort: z.number() })) }) })
      .parse(recording().get("kubernetes:core/v1:Service", "chroma").inputs);
    const policy = z
      .object({ spec: z.object({ ingress: z.array(z.unknown()) }) })
      .parse(recording().get("kubernetes:networking.k8s.io/v1:NetworkPolicy", "chroma").inputs);

    expect(service.spec.ports).toEqual([expect.objectContaining({ port: STANDING.chroma.port, targetPort: CHROMA_POD_PORT })]);
    expect(policy.spec.ingress).toEqual([
      {
        ports: [{ protocol: "TCP", port: CHROMA_POD_PORT }],
        from: [{ podSelector: {} }, { ipBlock: { cidr: STANDING.chroma.clientCidr } }],
      },
    ]);
  });

  it("resolves once, and each step works on the resolved recovery", () => {
    const steps = stepsOf(recording());

    expect(steps.get("resolve")).toEqual({
      functionName: `${SYSTEM}-resolve`,
      event: { recoveryId: `${mode}-${SUFFIX}`, mode, strategy: "latest", database: "restore", stores: STANDING.stores },
    });
    expect([...steps.values()].map(({ event }) => event.recoveryId)).toEqual([...steps].map(() => `${mode}-${SUFFIX}`));
    expect(steps.get("chroma-import")?.event).toMatchObject({ chromaUrl: CHROMA_URL });
    const waits = recording().get(INVOCATION, "chroma-import").dependencies;
    expect(waits).toEqual(
      expect.arrayContaining([recording().get(INVOCATION, "resolve").urn, recording().get("kubernetes:apps/v1:StatefulSet", "chroma").urn]),
    );
  });

  it("restores the database and the vectors side by side, and validates after both", () => {
    const waits = (step: string) => recording().get(INVOCATION, step).dependencies;
    const urn = (step: string) => recording().get(INVOCATION, step).urn;

    expect(stepsOf(recording()).get("validate")?.event).toMatchObject({ chromaUrl: CHROMA_URL, postgres: databaseOf(mode).endpoint });
    expect(waits("validate")).toEqual(expect.arrayContaining([urn("chroma-import"), urn("postgres-ready")]));
    expect(waits("chroma-import")).not.toContain(urn("postgres-ready"));
    expect(waits("postgres-ready")).not.toContain(urn("chroma-import"));
  });
});

describe("a drill", () => {
  it("makes these, and `destroy` takes them away", () => {
    expect(typesOf(drill)).toEqual([...SERVER, ...DATABASE, ...BUCKET, INVOCATION, "random:index/randomId:RandomId"].sort());
    expect(protectedTypes(drill)).toEqual([]);
    expect(drill.custom().filter(({ retainOnDelete }) => retainOnDelete)).toEqual([]);
  });

  it("copies the documents to a bucket of its own, encrypted under the recovery region's key, before it validates them", () => {
    const bucket = drill.get("aws:s3/bucket:Bucket", "drill-documents");
    const steps = stepsOf(drill);

    expect(bucket.inputs).toMatchObject({ bucket: DRILL_BUCKET, forceDestroy: true, objectLockEnabled: false });
    expect(
      JSON.stringify(
        drill.get("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "drill-documents").inputs,
      ),
    ).toContain(STANDING.keyArn);
    expect(steps.get("documents-restore")?.event).toMatchObject({ targetBucket: DRILL_BUCKET });
    expect(drill.get(INVOCATION, "documents-restore").dependencies).toContain(
      drill.get("aws:s3/bucketVersioning:BucketVersioning", "drill-documents").urn,
    );
    expect(steps.get("validate")?.event).toMatchObject({ documentsBucket: DRILL_BUCKET });
    expect(drill.get(INVOCATION, "validate").dependencies).toContain(drill.get(INVOCATION, "documents-restore").urn);
  });

  it("touches nothing live: no cut-over, and the live-ready replica is named nowhere", () => {
    expect([...stepsOf(drill).keys()]).toEqual(["chroma-import", "documents-restore", "postgres-ready", "resolve", "validate"]);
    expect(drill.created().filter(({ inputs }) => JSON.stringify(inputs).includes(STANDING.buckets.documentsReplica))).toEqual([]);
  });
});

describe("a failover", () => {
  it("makes these and no bucket: the live-ready replica becomes the live one", () => {
    expect(typesOf(failover)).toEqual([...SERVER, ...DATABASE, INVOCATION, "random:index/randomId:RandomId"].sort());
    expect(stepsOf(failover).get("validate")?.event).toMatchObject({ documentsBucket: STANDING.buckets.documentsReplica });
  });

  it("protects what holds the only copy of what is written from then on, and the way to it", () => {
    const held = [
      "aws:rds/instance:Instance",
      "aws:secretsmanager/secret:Secret",
      "kubernetes:apps/v1:StatefulSet",
      "kubernetes:core/v1:Namespace",
      "random:index/randomId:RandomId",
    ];
    expect(protectedTypes(failover).sort()).toEqual(held);
  });

  it("has a guard that depends on everything, so that `destroy` refuses before it deletes anything", () => {
    expect(unguarded(failover)).toEqual([]);
  });

  it("sends applications to the recovered stores, after the validation", () => {
    expect(stepsOf(failover).get("cut-over")).toEqual({
      functionName: `${SYSTEM}-cut-over`,
      event: {
        recoveryId: `failover-${SUFFIX}`,
        endpoints: {
          schema: "lifeboat/live/1",
          system: SYSTEM,
          region: RECOVERY,
          recoveryId: `failover-${SUFFIX}`,
          documentsBucket: STANDING.buckets.documentsReplica,
          chromaUrl: CHROMA_URL,
          postgres: databaseOf("failover").endpoint,
        },
      },
    });
    expect(failover.get(INVOCATION, "cut-over").dependencies).toContain(failover.get(INVOCATION, "validate").urn);
  });

  it("leaves the cut-over to a person when the configuration says so", async () => {
    const manual = await deployedDr({ mode: "failover", cutOver: "manual" });

    expect([...stepsOf(manual).keys()]).toEqual(["chroma-import", "postgres-ready", "resolve", "validate"]);
  });

  it("asks for the newest state when strategy point-in-time names no time", async () => {
    const newest = await deployedDr({ mode: "failover", strategy: "point-in-time" });

    expect(stepsOf(newest).get("resolve")?.event).toEqual({
      recoveryId: `failover-${SUFFIX}`,
      mode: "failover",
      strategy: "point-in-time",
      database: "restore",
      stores: STANDING.stores,
    });
    expect(typesOf(newest)).toEqual(typesOf(failover));
  });
});

describe("a failover to a time", () => {
  let pointInTime: Recording;
  beforeAll(async () => {
    pointInTime = await deployedDr({ mode: "failover", strategy: "point-in-time", time: "2026-11-24T12:00:00+01:00" });
  });

  it("asks for the time that the configuration names", () => {
    expect(stepsOf(pointInTime).get("resolve")?.event).toMatchObject({ strategy: "point-in-time", time: "2026-11-24T12:00:00+01:00" });
  });

  it("fills a bucket of its own with the documents of then, protected, and sends applications there", () => {
    const steps = stepsOf(pointInTime);

    expect(typesOf(pointInTime)).toEqual([...SERVER, ...DATABASE, ...BUCKET, INVOCATION, "random:index/randomId:RandomId"].sort());
    expect(pointInTime.get("aws:s3/bucket:Bucket", "failover-documents")).toMatchObject({
      protect: true,
      inputs: { bucket: DRILL_BUCKET, forceDestroy: false },
    });
    expect(steps.get("documents-restore")?.event).toEqual({ recoveryId: `failover-${SUFFIX}`, targetBucket: DRILL_BUCKET });
    expect(steps.get("validate")?.event).toMatchObject({ documentsBucket: DRILL_BUCKET });
    expect(steps.get("cut-over")?.event).toMatchObject({ endpoints: { documentsBucket: DRILL_BUCKET } });
    expect(pointInTime.get(INVOCATION, "validate").dependencies).toContain(pointInTime.get(INVOCATION, "documents-restore").urn);
    expect(unguarded(pointInTime)).toEqual([]);
  });
});
