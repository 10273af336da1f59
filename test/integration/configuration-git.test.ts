import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { repositoriesFile } from "../../infra/components/configuration/gitJob";
import { gitStatements } from "../../infra/components/configuration/gitStatements";
import { getText, type ObjectStore } from "../../lambdas/shared/objects";
import { IMAGE_TOOLS, toolDirectory } from "../../local/pods/images/tools";
import { findOnPath, run } from "../../local/process";
import { restoreConfiguration } from "../../ops/lifeboat/restore-configuration/restore";
import { ConfigurationManifest, configurationManifestKey } from "../../recovery/configuration/manifest";
import { METRICS } from "../../recovery/names";
import { awsCliTool } from "../support/python-tool";
import { allowed, aws, begin, type Credentials, contextWith, end, folder, newest, prepare, SYSTEM, secrets } from "./support/configuration";
import { primary, recovery } from "./support/emulator";

// What git, the AWS CLI and S3 decide: every ref of a bundle, what is written once, what a role may do.
beforeAll(begin);
afterAll(end);

describe("repositories, by the job's own steps", () => {
  const SCRIPTS = join(__dirname, "..", "..", "infra", "components", "configuration", "git");
  const NOBODYS = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  const AUTHOR = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@b.example", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@b.example" };
  const git = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run({ command: "git", args, env: { ...process.env, ...NOBODYS, ...AUTHOR } });
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  const makeRepository = async (name: string): Promise<string> => {
    const work = join(folder, name);
    await git("init", "--quiet", "-b", "main", work);
    writeFileSync(join(work, "a.txt"), name);
    await git("-C", work, "add", ".");
    await git("-C", work, "commit", "--quiet", "-m", name);
    await git("-C", work, "tag", "v1");
    return work;
  };

  let runs = 0;
  /** All three steps, each where the one before it did not fail, as init containers are, with the tools of its image alone. */
  const runJob = async (staging: ObjectStore, repositories: Parameters<typeof repositoriesFile>[0], credentials: Credentials) => {
    runs += 1;
    const at = (name: string): string => join(folder, `job-${runs}`, name);
    for (const each of ["work", "credentials"]) mkdirSync(at(each), { recursive: true });
    cpSync(SCRIPTS, at("files"), { recursive: true });
    writeFileSync(join(at("files"), "repositories.tsv"), repositoriesFile(repositories));
    const path = process.env.PATH ?? "";
    const paths = {
      bash: toolDirectory(at("aws-cli"), IMAGE_TOOLS.awsCli, { aws: await awsCliTool() }, path),
      sh: toolDirectory(at("git"), IMAGE_TOOLS.git, { git: findOnPath("git", path) ?? "" }, path),
    };
    const env = {
      ...NOBODYS,
      ...{ WORK: at("work"), FILES: at("files"), CREDENTIALS: at("credentials"), TMPDIR: folder, HOME: folder },
      ...{ AWS_ENDPOINT_URL: aws.gateway.url, AWS_REGION: primary, AWS_DEFAULT_REGION: primary },
      ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
      ...{ SYSTEM, STAGING_BUCKET: staging.bucket, RECOVERY_REGION: recovery, REFRESH_SECONDS: "86400", PART_BYTES: "67108864" },
      ...{ METRIC_NAMESPACE: METRICS.namespace, LAG_METRIC: METRICS.configurationLag },
    };
    let said = "";
    for (const [shell, script] of [
      ["bash", "credentials.sh"],
      ["sh", "bundle.sh"],
      ["bash", "upload.sh"],
    ] as const) {
      const { code, stdout, stderr } = await run({
        command: join(paths[shell], shell),
        args: [join(at("files"), script)],
        env: { ...env, PATH: paths[shell] },
      });
      said += stdout + stderr;
      if (code !== 0) return { code, said };
    }
    return { code: 0, said };
  };

  /** The job's role, with this test's bucket in the place of its own. */
  const jobCredentials = async (staging: ObjectStore) => {
    const git = {
      repositories: [
        { name: "shop", url: "https://git.example/shop.git", credentials: `arn:aws:secretsmanager:${primary}:000000000000:secret:git/*` },
      ],
    };
    const context = contextWith({ git });
    const statements = gitStatements(context).map((statement) => ({
      ...statement,
      resources: statement.resources.map((resource) => resource.replace(context.buckets.staging, staging.bucket)),
    }));
    return allowed("git-job", statements);
  };

  const pointsIn = async (staging: ObjectStore): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const page of staging.list("configuration/"))
      for (const { key } of page) if (key.endsWith("/manifest.json")) found.push(key.split("/")[1] ?? "");
    return found;
  };

  it("exports, seals, proves and restores, tells how far each is behind, and lets one fail alone", async () => {
    const { staging, vault, sealAndProve, restoring } = await prepare();
    const credentials = await jobCredentials(staging);
    const [shop, mirror] = [await makeRepository("shop"), join(folder, "shop-mirror.git")];
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

    const first = await runJob(staging, repositories, credentials);
    const [pointId = ""] = await pointsIn(staging);
    const { entryKey, outcome } = await sealAndProve(pointId);
    const second = await runJob(staging, repositories.slice(0, 1), credentials);
    const restored = await restoreConfiguration(restoring("recovery", join(folder, "bundles")), { system: SYSTEM, pointId });
    await git("clone", "--quiet", "--mirror", restored.things[0]?.what ?? "", join(folder, "back.git"));

    expect([first.code, first.said]).toEqual([1, expect.stringContaining("Not up to date: gone")]);
    expect([second.code, outcome, (await pointsIn(staging)).length]).toEqual([0, "passed", 1]);
    expect(entryKey).toContain("catalogue/points/configuration/repositories/shop/");
    const manifest = ConfigurationManifest.parse(JSON.parse((await getText(vault, configurationManifestKey(pointId))) ?? ""));
    expect(manifest.content).toMatchObject({ kind: "repository", head: { ref: "refs/heads/main" } });
    expect(await git("-C", join(folder, "back.git"), "show-ref")).toBe(await git("-C", shop, "show-ref"));
    expect(await git("-C", mirror, "show-ref")).toBe(await git("-C", shop, "show-ref"));
    expect(await newest(METRICS.configurationLag, "repositories/shop")).toBeLessThan(60);
    expect(await newest(METRICS.configurationLag, "mirrors/shop")).toBeLessThan(60);
    expect(await newest(METRICS.configurationLag, "repositories/gone")).toBeUndefined();
  });
});
