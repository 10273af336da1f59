import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  EKSClient,
  ListPodIdentityAssociationsCommand,
  TagResourceCommand,
} from "@aws-sdk/client-eks";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { drDeployPolicy, prodDeployPolicy } from "../../local/embedded-aws/policies";
import { bootstrap, type PolicyDocument } from "../../local/emulator/bootstrap";
import { until } from "../support/pods";
import { primary } from "./support/emulator";
import { BUCKET, CLUSTER, type JobPods, NAMESPACE, OTHER_BUCKET, POSTGRES_IMAGE, ROLE, type Step, startJobPods } from "./support/job-pods";

const AWS_CLI = "public.ecr.aws/aws-cli/aws-cli:2.31.0";
const GIT = "alpine/git:2.49.1";
const PUT = 'put() { aws s3api put-object --bucket "$1" --key "$2" --body "$3" --checksum-algorithm SHA256 --if-none-match "*"; }';

let pods: JobPods;
let aheadMs = 0;
beforeAll(async () => {
  pods = await startJobPods({ now: () => new Date(Date.now() + aheadMs) });
}, 120_000);
afterAll(() => pods.stop());

const jobOf = (name: string) => pods.batch.readNamespacedJob({ namespace: NAMESPACE, name });
const hasEnded = async (name: string, type: "Complete" | "Failed"): Promise<boolean> =>
  (await jobOf(name)).status?.conditions?.some((condition) => condition.type === type && condition.status === "True") ?? false;
const ended = (name: string, type: "Complete" | "Failed"): Promise<void> => until(`${name} is ${type}`, () => hasEnded(name, type));
const objectText = async (key: string): Promise<string> =>
  (await (await pods.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }))).Body?.transformToString()) ?? "";
const podOf = async (job: string) =>
  (await pods.core.listNamespacedPod({ namespace: NAMESPACE, labelSelector: `job-name=${job}` })).items[0];

const take: Step = {
  name: "take",
  image: GIT,
  script: `#!/bin/sh
set -eu
command -v bash && exit 7
git init -q "$WORK/repo"
git -C "$WORK/repo" -c user.name=a -c user.email=a@example.com commit -q --allow-empty -m first
git -C "$WORK/repo" bundle create "$WORK/repo.bundle" --all
`,
};
const dump: Step = {
  name: "dump",
  image: POSTGRES_IMAGE,
  script: `#!/usr/bin/env bash
set -euo pipefail
pg_dump --version | zstd -q -3 -c > "$WORK/version.zst"
zstd -q -d -c "$WORK/version.zst" > "$WORK/version"
echo "$GREETING" > "$WORK/greeting"
( cd "$WORK" && sha256sum version repo.bundle > sums )
touch "$CREDENTIALS/secret" "$TMPDIR/scratch" "$HOME/settings"
! command -v aws && ! command -v git && ! command -v node
`,
  env: { GREETING: "from /lifeboat/work" },
};
const upload: Step = {
  name: "upload",
  image: AWS_CLI,
  script: `#!/usr/bin/env bash
set -euo pipefail
${PUT}
put ${BUCKET} dump/version "$WORK/version"
put ${BUCKET} dump/repo.bundle "$WORK/repo.bundle"
put ${BUCKET} dump/sums "$WORK/sums"
put ${BUCKET} dump/version "$WORK/greeting" 2>&1 && exit 8
put ${OTHER_BUCKET} stolen "$WORK/version" 2>&1 && exit 9
aws sts get-caller-identity
! command -v find && ! command -v pg_dump
`,
};

describe("a backup job", () => {
  it("runs on its schedule through the three images, under its role, which may write into one bucket and no other", async () => {
    // Two seconds before a minute begins: a schedule of every minute is due soon.
    aheadMs = 58_000 - (Date.now() % 60_000);
    await pods.cronJob("dump", [take, dump, upload], { schedule: "* * * * *" });
    await until("a Job is made", async () => (await pods.batch.listNamespacedJob({ namespace: NAMESPACE })).items.length > 0);
    const { items } = await pods.batch.listNamespacedJob({ namespace: NAMESPACE });
    const name = items[0]?.metadata?.name ?? "";
    await ended(name, "Complete");
    await pods.suspend("dump");

    expect(await objectText("dump/version")).toMatch(/^pg_dump \(PostgreSQL\)/);
    expect(await objectText("dump/repo.bundle")).toMatch(/^# v\d git bundle/);
    const log = await pods.logOf(name, "upload");
    expect(log).toMatch(/PreconditionFailed/);
    expect(log).toMatch(/AccessDenied/);
    expect(log).toMatch(/assumed-role\/acme-job-dump\/eks-lifeboat-test-dump-/);
    expect((await pods.s3.send(new ListObjectsV2Command({ Bucket: OTHER_BUCKET }))).KeyCount).toBe(0);
    const writes = pods.aws.gateway.calls.all().filter(({ operation, bucket }) => operation === "PutObject" && bucket === BUCKET);
    expect(new Set(writes.map(({ caller }) => caller?.kind))).toEqual(new Set(["session"]));
  }, 60_000);

  it("fails visibly when a step fails, and runs no later one", async () => {
    const full: Step = { name: "dump", image: POSTGRES_IMAGE, script: "#!/bin/sh\necho 'No space left on device' >&2\nexit 3\n" };
    await pods.cronJob("full", [full, upload]);
    await pods.runNow("full", "full-1");
    await ended("full-1", "Failed");

    const pod = await podOf("full-1");
    expect(pod?.status?.phase).toBe("Failed");
    expect(pod?.status?.initContainerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 3, reason: "Error" });
    expect(pod?.status?.containerStatuses?.[0]?.state?.terminated).toBeUndefined();
    expect(await pods.logOf("full-1", "dump")).toContain("No space left on device");
    const { items } = await pods.core.listNamespacedEvent({ namespace: NAMESPACE });
    expect(items.filter(({ involvedObject }) => involvedObject.name === "full-1")).toContainEqual(
      expect.objectContaining({ type: "Warning", reason: "BackoffLimitExceeded" }),
    );
  }, 30_000);

  it("ends with all that it started when it is killed, and the next run completes", async () => {
    const slow: Step = {
      name: "dump",
      image: POSTGRES_IMAGE,
      // The first run never ends by itself.
      script: `#!/usr/bin/env bash
if [ "$FIRST" = yes ]; then echo "started"; sleep 600 | cat; fi
`,
      env: { FIRST: "yes" },
    };
    await pods.cronJob("slow", [slow]);
    await pods.runNow("slow", "slow-1");
    await until("it runs", async () => (await pods.logOf("slow-1", "dump").catch(() => "")).includes("started"));
    const [process1] = pods.runner.processes().filter(({ pod }) => pod.startsWith("slow-1"));
    const group = process1?.pid ?? 0;
    expect(isGroupAlive(group)).toBe(true);
    process.kill(group, "SIGKILL");
    await ended("slow-1", "Failed");
    await until("nothing of it is left", () => !isGroupAlive(group));

    await pods.cronJob("again", [{ ...slow, env: { FIRST: "no" } }]);
    await pods.runNow("again", "again-1");
    await ended("again-1", "Complete");
  }, 30_000);

  it.each([
    ["nobody", /Unable to locate credentials/],
    // Its association gives it a role that does not trust it.
    ["stranger", /AccessDenied|Error when retrieving credentials/],
  ])(
    "has no credentials under the account %s",
    async (account, said) => {
      const script = "#!/bin/sh\naws sts get-caller-identity 2>&1\n";
      const who: Step = { name: "who", image: AWS_CLI, script, env: { AWS_DEFAULT_REGION: primary } };
      await pods.cronJob(`as-${account}`, [who], { account });
      await pods.runNow(`as-${account}`, `as-${account}-1`);
      await ended(`as-${account}-1`, "Failed");

      expect(await pods.logOf(`as-${account}-1`, "who")).toMatch(said);
    },
    60_000,
  );

  it("leaves nothing of its work and of its credentials on the node's disk when it has ended", async () => {
    const write = 'echo secret > "$CREDENTIALS/password"; echo work > "$WORK/part"; ls -l "$CREDENTIALS"';
    await pods.cronJob("tidy", [{ name: "dump", image: POSTGRES_IMAGE, script: `#!/bin/sh\n${write}\n` }]);
    await pods.runNow("tidy", "tidy-1");
    await ended("tidy-1", "Complete");

    expect(await pods.logOf("tidy-1", "dump")).toContain("password");
    await until(
      "its folders are gone",
      () => filesBelow(pods.dataRoot).filter((file) => /tidy-1.*(password|part)$/.test(file)).length === 0,
    );
  }, 30_000);

  it("works on a volume of its own, which goes with the Job", async () => {
    const script = '#!/bin/sh\necho work > "$WORK/part-of-its-own"\n';
    await pods.cronJob("large", [{ name: "dump", image: POSTGRES_IMAGE, script }], { workStorageClass: "scratch" });
    await pods.runNow("large", "large-1");
    await ended("large-1", "Complete");
    const claims = async () => (await pods.core.listNamespacedPersistentVolumeClaim({ namespace: NAMESPACE })).items;
    const parts = () => filesBelow(pods.dataRoot).filter((file) => file.endsWith("part-of-its-own"));

    const [claim] = await claims();
    expect(claim?.metadata?.name).toBe(`${(await podOf("large-1"))?.metadata?.name}-work`);
    expect(claim?.spec).toMatchObject({ storageClassName: "scratch", resources: { requests: { storage: "1Gi" } } });
    expect(parts()).toHaveLength(1);

    await pods.batch.deleteNamespacedJob({ namespace: NAMESPACE, name: "large-1", propagationPolicy: "Background" });
    await until("its claim is gone", async () => (await claims()).length === 0);
    expect(parts()).toEqual([]);
  }, 30_000);

  it("does not start an image that this machine has not, and says which there are", async () => {
    await pods.cronJob("old", [{ name: "dump", image: "postgres:9", script: "#!/bin/sh\n" }]);
    await pods.runNow("old", "old-1");
    await ended("old-1", "Failed");

    const state = (await podOf("old-1"))?.status?.containerStatuses?.[0]?.state?.terminated;
    expect(state).toMatchObject({ reason: "StartError", exitCode: 128 });
    expect(state?.message).toMatch(/PostgreSQL 9 is not installed on this machine.*there is \d+/);
  }, 30_000);
});

describe("the EKS API behind the gateway", () => {
  it("lists what is associated", async () => {
    const asked = { clusterName: CLUSTER, namespace: NAMESPACE, serviceAccount: "dump" };
    const { associations } = await pods.eks.send(new ListPodIdentityAssociationsCommand(asked));
    expect(associations).toHaveLength(1);
    const described = await pods.eks.send(
      new DescribePodIdentityAssociationCommand({ clusterName: CLUSTER, associationId: associations?.[0]?.associationId }),
    );
    expect(described.association).toMatchObject({ roleArn: expect.stringContaining("acme-job-dump"), disableSessionTags: false });
  });

  it("lets in who deploys, and nobody whose policy does not say so", async () => {
    const scope = { system: "acme", recoveryRegion: "eu-west-1", stateBuckets: { prod: "p", dr: "d" } };
    const { createDeployUser } = bootstrap(pods.aws.gateway.url);
    const clientOf = async (name: string, policy: PolicyDocument): Promise<EKSClient> => {
      const { accessKeyId, secretAccessKey } = await createDeployUser(name, policy);
      return new EKSClient({ endpoint: pods.aws.gateway.url, region: primary, credentials: { accessKeyId, secretAccessKey } });
    };
    const [prod, dr] = [await clientOf("deploy-prod", prodDeployPolicy(scope)), await clientOf("deploy-dr", drDeployPolicy(scope))];
    const asked = { clusterName: CLUSTER, namespace: NAMESPACE, serviceAccount: "deployed", roleArn: ROLE };

    const { association } = await prod.send(new CreatePodIdentityAssociationCommand(asked));
    const named = { clusterName: CLUSTER, associationId: association?.associationId };
    await prod.send(new TagResourceCommand({ resourceArn: association?.associationArn, tags: { owner: "test" } }));
    expect((await prod.send(new DescribePodIdentityAssociationCommand(named))).association?.tags).toEqual({ owner: "test" });
    await expect(dr.send(new DeletePodIdentityAssociationCommand(named))).rejects.toThrow(/not authorized/);
    await prod.send(new DeletePodIdentityAssociationCommand(named));
    for (const client of [prod, dr]) client.destroy();
  });

  it("answers nobody while its region is cut off", async () => {
    pods.aws.gateway.outage.cut(primary);
    try {
      await expect(pods.eks.send(new ListPodIdentityAssociationsCommand({ clusterName: CLUSTER }))).rejects.toThrow();
    } finally {
      pods.aws.gateway.outage.restore(primary);
    }
  });
});

const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).map(({ parentPath, name }) => join(parentPath, name));

const isGroupAlive = (group: number): boolean => {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
};
