import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { restoreCommandWith } from "../../../../../ops/lifeboat/restore";
import { connectRestore } from "../../../../../ops/lifeboat/restore/aws";
import { parseRestoreOptions } from "../../../../../ops/lifeboat/restore/options";
import { MemoryRds } from "./memory-rds";

const NOW = new Date("2026-11-26T10:15:00Z");
const DEFAULTS = { system: "acme", primaryRegion: "us-east-1", recoveryRegion: "eu-west-1" };

describe("the options of restore-in-region", () => {
  const parse = (...argv: readonly string[]) => parseRestoreOptions(argv, DEFAULTS, NOW);

  test("come from the stacks' files when nothing is said", () => {
    expect(parse()).toEqual({ system: "acme", region: "us-east-1", recoveryRegion: "eu-west-1", connects: true, json: false });
  });

  test("all of them", () => {
    const argv = ["--to", "2026-11-26T10:00:00+01:00", "--system", "shop", "--region", "eu-central-1", "--recovery-region", "eu-north-1"];
    expect(parse(...argv, "--without-connection", "--json")).toEqual({
      system: "shop",
      region: "eu-central-1",
      recoveryRegion: "eu-north-1",
      to: new Date("2026-11-26T09:00:00Z"),
      connects: false,
      json: true,
    });
  });

  test.each([
    [["--to", "2026-11-26T10:00:00"], /with its zone/],
    [["--to", "yesterday"], /cannot be read/],
    [["--to", "2026-11-26T10:15:01Z"], /in the future.*a time before 2026-11-26T10:15:00.000Z/],
    [["--system", "A"], /no value of --system/],
    [["--region", "here"], /no value of --region/],
    [["--region", "eu-west-1"], /not the one that is restored in/],
    [["--force"], /Received: --force/],
  ])("%j is refused", (argv, message) => {
    expect(() => parse(...argv)).toThrow(message);
  });

  test("what no file says has to be said", () => {
    expect(() => parseRestoreOptions([], {}, NOW)).toThrow(/--region is needed/);
  });
});

describe("npm run lifeboat -- restore-in-region", () => {
  let projectDir: string;

  beforeAll(async () => {
    projectDir = await mkdtemp(join(tmpdir(), "lifeboat-restore-"));
    await writeFile(
      join(projectDir, "Pulumi.dr.yaml"),
      "config:\n  lifeboat:system: acme\n  lifeboat:regions:\n    primary: us-east-1\n    recovery: eu-west-1\n",
    );
  });

  afterAll(() => rm(projectDir, { recursive: true, force: true }));

  const run = async (rds: MemoryRds, ...argv: readonly string[]) => {
    let printed = "";
    const command = restoreCommandWith(
      () => ({ tools: rds.tools(), close: () => undefined }),
      () => undefined,
    );
    const code = await command.run(argv, {
      out: (text) => {
        printed += text;
      },
      environment: {},
      projectDir,
      now: () => NOW,
      signal: new AbortController().signal,
    });
    return { code, printed };
  };

  test("says what stands, and what a person has left to do", async () => {
    const { code, printed } = await run(new MemoryRds());

    expect(code).toBe(0);
    expect(printed).toContain("acme-postgres in us-east-1 is restored to 2026-11-26T10:00:00.250Z.");
    expect(printed).toContain("endpoint     acme-postgres.c9.us-east-1.rds.amazonaws.com:5432");
    expect(printed).toContain(
      "aws rds delete-db-instance --db-instance-identifier acme-postgres-replica --skip-final-snapshot --region eu-west-1",
    );
    expect(printed).toContain("sed -e 's#db-FAILED#db-RESTORED1#g' -e 's#arn:aws:rds:eu-west-1:000000000000:auto-backup:ab-db-FAILED#");
  });

  test("prints the same for machines", async () => {
    const { printed } = await run(new MemoryRds(), "--json");

    expect(JSON.parse(printed)).toMatchObject({
      schema: "lifeboat/restore-in-region/1",
      restoredFrom: "db-FAILED",
      restoredTo: "2026-11-26T10:00:00.250Z",
      proof: { tables: 4 },
      replication: { state: "begun" },
      todo: [{ lines: expect.any(Array) }, { lines: expect.any(Array) }],
    });
  });

  test("ends with 1 when the database serves and its backups are not replicated", async () => {
    const rds = new MemoryRds();
    rds.replicated.clear();

    const { code, printed } = await run(rds);

    expect(code).toBe(1);
    expect(printed).toContain("NONE: no replicated backups of the failed instance were found");
  });

  test("without authorities to verify the database by, nothing is begun", () => {
    const options = { ...parseRestoreOptions([], DEFAULTS, NOW) };
    const ways = { access: {}, pollMs: 1, now: () => NOW, say: () => undefined, signal: new AbortController().signal };

    expect(() => connectRestore(options, ways)).toThrow(/\[configuration\].*global-bundle.pem.*--without-connection/);
    connectRestore({ ...options, connects: false }, ways).close();
  });
});
