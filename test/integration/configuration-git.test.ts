import { join } from "node:path";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { gitStatements } from "../../infra/components/configuration/gitStatements";
import { getText, type ObjectStore } from "../../lambdas/shared/objects";
import { restoreConfiguration } from "../../ops/lifeboat/restore-configuration/restore";
import { ConfigurationManifest, configurationManifestKey } from "../../recovery/configuration/manifest";
import { SubjectState, stateKey } from "../../recovery/configuration/state";
import { METRICS } from "../../recovery/names";
import { allowed, aws, begin, type Credentials, contextWith, end, folder, newest, prepare, SYSTEM, secrets } from "./support/configuration";
import { primary } from "./support/emulator";
import { git, makeRepository } from "./support/git";
import { GitRun, type GitRunOptions } from "./support/git-job";

// What git, the AWS CLI and S3 decide: every ref of a bundle, what is written once, what a role may do.
beforeAll(begin);
afterAll(end);

describe("repositories, by the job's own steps", () => {
  interface Buckets {
    readonly staging: ObjectStore;
    readonly vault: ObjectStore;
  }

  const runJob = async (
    { staging, vault }: Buckets,
    repositories: GitRunOptions["repositories"],
    credentials: Credentials,
    env: GitRunOptions["env"] = {},
  ) => {
    const endpoint = aws.gateway.url;
    const own = { VAULT_BUCKET: vault.bucket, ...env };
    const job = await GitRun.make({ endpoint, bucket: staging.bucket, credentials, repositories, env: own });
    const finished = await job.all();
    job.remove();
    return finished;
  };

  /** The job's role, with this test's buckets in the place of its own. */
  const jobCredentials = async ({ staging, vault }: Buckets, name: string) => {
    const git = {
      repositories: [
        { name: "shop", url: "https://git.example/shop.git", credentials: `arn:aws:secretsmanager:${primary}:000000000000:secret:git/*` },
      ],
    };
    const context = contextWith({ git });
    const statements = gitStatements(context).map((statement) => ({
      ...statement,
      resources: statement.resources.map((resource) =>
        resource.replace(context.buckets.staging, staging.bucket).replace(context.buckets.vault, vault.bucket),
      ),
    }));
    return allowed(name, statements);
  };

  const stateIn = async (staging: ObjectStore) =>
    SubjectState.parse(JSON.parse((await getText(staging, stateKey("repositories/shop"))) ?? ""));

  it("exports, and again what does not reach the vault, seals, proves and restores, tells how far each is behind, and lets one fail alone", async () => {
    const { staging, vault, sealAndProve, restoring } = await prepare();
    const credentials = await jobCredentials({ staging, vault }, "git-job");
    const [shop, mirror] = [await makeRepository(folder, "shop"), join(folder, "shop-mirror.git")];
    await git("init", "--quiet", "--bare", mirror);
    await secrets.primary.send(new CreateSecretCommand({ Name: "git/token", SecretString: "somebody:t0ken" }));
    const repositories = [
      {
        name: "shop",
        url: `file://${shop}`,
        credentials: "git/token",
        lfs: "refused" as const,
        mirror: { url: `file://${mirror}`, alarmAt: 60 },
      },
      { name: "gone", url: `file://${join(folder, "nowhere")}`, lfs: "refused" as const },
    ];

    const first = await runJob({ staging, vault }, repositories, credentials);
    const shops = async (REFRESH_UNPROVEN_SECONDS: string) => {
      const { code, said } = await runJob({ staging, vault }, repositories.slice(0, 1), credentials, { REFRESH_UNPROVEN_SECONDS });
      return { code, said, ...(await stateIn(staging)) };
    };
    const lost = await stateIn(staging);
    const again = await shops("0");
    const { pointId } = again;
    const { entryKey, outcome } = await sealAndProve(pointId);
    const seen = await shops("0");
    const restored = await restoreConfiguration(restoring("recovery", join(folder, "bundles")), { system: SYSTEM, pointId });
    await git("clone", "--quiet", "--mirror", restored.things[0]?.what ?? "", join(folder, "back.git"));

    expect([first.code, first.said]).toEqual([1, expect.stringContaining("Not up to date: gone")]);
    expect([again, seen].map(({ code, said }) => [code, said])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    // Not before it is proven is it known to be in the vault.
    expect([again.inSyncAt, seen.pointId, outcome]).toEqual([lost.inSyncAt, pointId, "passed"]);
    expect(pointId).not.toBe(lost.pointId);
    expect(Date.parse(seen.inSyncAt)).toBeGreaterThan(Date.parse(lost.inSyncAt));
    expect(entryKey).toContain("catalogue/points/configuration/repositories/shop/");
    const manifest = ConfigurationManifest.parse(JSON.parse((await getText(vault, configurationManifestKey(pointId))) ?? ""));
    expect(manifest.content).toMatchObject({ kind: "repository", head: { ref: "refs/heads/main" } });
    expect(await git("-C", join(folder, "back.git"), "show-ref")).toBe(await git("-C", shop, "show-ref"));
    expect(await git("-C", mirror, "show-ref")).toBe(await git("-C", shop, "show-ref"));
    expect(await newest(METRICS.configurationLag, "repositories/shop")).toBeLessThan(600);
    expect(await newest(METRICS.configurationLag, "mirrors/shop")).toBeLessThan(600);
    expect(await newest(METRICS.configurationLag, "repositories/gone")).toBeUndefined();
  }, 120_000);
});
