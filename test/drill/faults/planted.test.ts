import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { silentProgress } from "../../../local/progress";
import { runDrill } from "../../../ops/drill/run";

const PROJECT = resolve(__dirname, "..", "..", "..");

/** A project whose program asks for prod's stack before it recovers: the dependence that a recovery must not have. */
const plantedProject = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "lifeboat-planted-"));
  for (const file of ["Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.dr.yaml", "package.json", "tsconfig.json"])
    await cp(join(PROJECT, file), join(folder, file));
  for (const part of ["node_modules", "lambdas", "recovery"]) await symlink(join(PROJECT, part), join(folder, part));
  await cp(join(PROJECT, "infra"), join(folder, "infra"), { recursive: true });
  await cp(join(folder, "infra", "index.ts"), join(folder, "infra", "program.ts"));
  await writeFile(
    join(folder, "infra", "index.ts"),
    `import * as pulumi from "@pulumi/pulumi";
import program = require("./program");
export = async () => {
  if (pulumi.getStack() === "dr") await new pulumi.StackReference("organization/lifeboat/prod").getOutputDetails("buckets");
  return program();
};
`,
  );
  return folder;
};

describe("a recovery that depends on the lost region", () => {
  let project: string;
  let runDir: string;

  beforeAll(async () => {
    project = await plantedProject();
    runDir = await mkdtemp(join(tmpdir(), "lifeboat-drill-"));
  });

  afterAll(async () => {
    await rm(project, { recursive: true, force: true });
    await rm(runDir, { recursive: true, force: true });
  });

  test("a StackReference to prod makes the drill fail", async () => {
    const evidence = await runDrill({
      options: { scenario: "regional-disaster", strategy: "latest", json: true },
      progress: silentProgress,
      projectDir: project,
      runDir,
      signal: new AbortController().signal,
      now: () => new Date(),
      random: Math.random,
    });

    const failed = evidence.checks.filter(({ passed }) => !passed);
    expect(evidence.verdict).toBe("failed");
    expect(evidence.recoveredAt).toBeNull();
    expect(evidence.alarms).toHaveLength(1);
    expect(failed).toHaveLength(1);
    expect(failed[0]?.name).toBe("pulumi up on dr");
    expect(failed[0]?.actual).toMatch(/organization\/lifeboat\/prod/);
  }, 600_000);
});
