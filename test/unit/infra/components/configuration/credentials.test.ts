import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { repositoriesFile } from "../../../../../infra/components/configuration/gitJob";
import { newestProven } from "../../../../../lambdas/configuration-export/proven";
import { run } from "../../../../../local/process";
import { MemoryObjects } from "../../../../support/memory-objects";
import { type ProofOf, writeProof } from "../../../lambdas/support/configuration-proof";

const SCRIPTS = join(__dirname, "..", "..", "..", "..", "..", "infra", "components", "configuration", "git");
const SUBJECT = "repositories/shop";
const HOUR_MS = 3_600_000;

/** An AWS CLI over two folders, a staging bucket and a vault that AWAY takes away. Real ones are in test/integration. */
const AWS = `#!/usr/bin/env bash
set -eu
echo "$*" >> "$CALLS"
option() { local name=$1; shift; while [ $# -gt 0 ]; do if [ "$1" = "$name" ]; then echo "$2"; fi; shift; done; }
case "$1 $2" in
  "s3 cp") mkdir -p "\${@: -1}"; cp -r "$BUCKET_FOLDER/configuration-state/." "\${@: -1}" ;;
  *)
    if [ -n "\${AWAY:-}" ]; then echo "An error occurred (AccessDenied)" >&2; exit 254; fi
    cd "$VAULT_FOLDER"
    if [ "$2" = get-object ]; then cp "$(option --key "$@")" "\${@: -1}"; exit 0; fi
    found=$(find . -type f | sed 's|^[.]/||' | grep "^$(option --prefix "$@")" | LC_ALL=C sort || true)
    echo "\${found:-None}" ;;
esac
`;

let folder: string;
let vault: MemoryObjects;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-credentials-"));
  for (const each of ["bin", "credentials", "bucket/configuration-state", "vault"]) mkdirSync(join(folder, each), { recursive: true });
  writeFileSync(join(folder, "bin", "aws"), AWS);
  chmodSync(join(folder, "bin", "aws"), 0o755);
  vault = new MemoryObjects("vault");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// The scripts ask the clock; seconds that pass meanwhile decide nothing here.
const BEGAN_MS = Math.floor(Date.now() / 1000) * 1000;
const ago = (hours: number): Date => new Date(BEGAN_MS - hours * HOUR_MS);
const text = (time: Date): string => time.toISOString().replace(".000Z", "Z");
const pointId = (asOf: Date): string => `configuration-${text(asOf).replace(/[-:]/g, "")}-1a2b`;

const proofOf = (asOf: Date, more: Partial<ProofOf> = {}): ProofOf => ({ subject: SUBJECT, pointId: pointId(asOf), asOf, ...more });
const prove = async (...proofs: readonly ProofOf[]): Promise<void> => {
  for (const proof of proofs) {
    const key = await writeProof(vault, proof);
    mkdirSync(join(folder, "vault", dirname(key)), { recursive: true });
    writeFileSync(join(folder, "vault", key), vault.text(key) ?? "");
  }
};

const states = (names: readonly string[], exportedAt: Date, inSyncAt: Date): void => {
  for (const name of names) {
    const file = join(folder, "bucket", "configuration-state", "repositories", `${name}.json`);
    mkdirSync(dirname(file), { recursive: true });
    const times = { exportedAt: text(exportedAt), inSyncAt: text(inSyncAt), lfs: "false" };
    const subject = `repositories/${name}`;
    const state = { schema: "lifeboat/configuration-state/1", subject, digest: "d", pointId: pointId(exportedAt), ...times };
    writeFileSync(file, JSON.stringify(state));
  }
};

/** The first step, over repositories of these names; what it leaves for the next one of `shop`. */
const step = async (environment: Readonly<Record<string, string>> = {}, names: readonly string[] = ["shop"]) => {
  const [work, files] = [join(folder, "work"), join(folder, "files")];
  for (const each of [work, files]) rmSync(each, { recursive: true, force: true });
  mkdirSync(work);
  cpSync(SCRIPTS, files, { recursive: true });
  writeFileSync(join(folder, "calls"), "");
  writeFileSync(
    join(files, "repositories.tsv"),
    repositoriesFile(names.map((name) => ({ name, url: `https://git.example/${name}.git`, lfs: "refused" }))),
  );
  const { code, stderr } = await run({
    command: "bash",
    args: [join(files, "credentials.sh")],
    env: {
      ...process.env,
      PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}`,
      ...{ CALLS: join(folder, "calls"), BUCKET_FOLDER: join(folder, "bucket"), VAULT_FOLDER: join(folder, "vault") },
      ...{ WORK: work, FILES: files, CREDENTIALS: join(folder, "credentials"), STAGING_BUCKET: "staging", VAULT_BUCKET: "vault" },
      ...{ SYSTEM: "acme", RECOVERY_REGION: "eu-west-1", EVERY_SECONDS: String(10 ** 10), LOOK_SECONDS: "60" },
      ...{ REFRESH_SECONDS: String(240 * 3600), REFRESH_UNPROVEN_SECONDS: "1800", ...environment },
    },
  });
  const left = (name: string) => join(work, "repositories", "shop", name);
  const inSyncAt = existsSync(left("in-sync-at")) ? readFileSync(left("in-sync-at"), "utf8") : undefined;
  const calls = readFileSync(join(folder, "calls"), "utf8").split("\n");
  return {
    ...{ code, stderr, inSyncAt, proven: existsSync(left("proven")), due: existsSync(left("due")) },
    asked: calls.filter((call) => call.startsWith("s3api")).length,
  };
};

describe("the job's first step", () => {
  it("sees by two calls that what was exported last is proven", async () => {
    states(["shop"], ago(100), ago(3));
    await prove(proofOf(ago(200)), proofOf(ago(100)));

    expect(await step()).toEqual({ code: 0, stderr: "", inSyncAt: text(ago(3)), proven: true, due: false, asked: 2 });
  });

  it("has what the vault does not have exported again when its time has come", async () => {
    await prove(proofOf(ago(200)));
    states(["shop"], ago(0.4), ago(3));
    const onItsWay = await step();
    states(["shop"], ago(0.6), ago(3));
    const lost = await step();

    expect([onItsWay, lost].map(({ proven, due }) => [proven, due])).toEqual([
      [false, false],
      [false, true],
    ]);
    expect(lost.inSyncAt).toBe(text(ago(3)));
  });

  it("counts a point that a later one took the place of before it was proven", async () => {
    states(["shop"], ago(0.1), ago(3));
    await prove(proofOf(ago(0.2)));

    expect(await step()).toMatchObject({ inSyncAt: text(ago(0.2)), proven: false, due: false });
  });

  it("says that nothing is there before the first proof", async () => {
    states(["shop"], ago(0.1), ago(0.1));

    expect(await step()).toMatchObject({ code: 0, stderr: "", inSyncAt: text(ago(0.1)), proven: false });
  });

  it("does not look for a repository that was never exported", async () => {
    expect(await step()).toMatchObject({ code: 0, asked: 0, inSyncAt: undefined });
  });

  it("leaves all as it was where nobody can look, says so once, and asks no further", async () => {
    states(["shop", "stock"], ago(100), ago(3));
    await prove(proofOf(ago(100)));

    const away = await step({ AWAY: "yes" }, ["shop", "stock"]);
    const late = await step({ LOOK_SECONDS: "0" });
    const due = await step({ AWAY: "yes", REFRESH_SECONDS: "3600" });

    expect(away).toMatchObject({ code: 0, asked: 1, inSyncAt: undefined, proven: false, due: false });
    expect(away.stderr.match(/the vault cannot be looked at/g)).toHaveLength(1);
    expect(late).toMatchObject({ code: 0, asked: 0, proven: false, due: false });
    expect(due).toMatchObject({ proven: false, due: true });
  });

  it.each<[string, (newest: Date) => readonly ProofOf[]]>([
    ["did not read back", (newest) => [proofOf(newest, { passed: false })]],
    ["is another system's", (newest) => [proofOf(newest, { system: "other" })]],
    ["no longer reads back", (newest) => [proofOf(newest), proofOf(newest, { passed: false, later: ago(1) })]],
    [
      "reads back again",
      (newest) => [
        proofOf(newest, { passed: false }),
        proofOf(newest, { passed: false, later: ago(2) }),
        proofOf(newest, { later: ago(1) }),
      ],
    ],
    [
      "failed ten times before a good one",
      (newest) => Array.from({ length: 10 }, (_, index) => proofOf(new Date(newest.getTime() - index * 1000), { passed: false })),
    ],
  ])("sees of a point that %s what the function sees", async (_what, proofs) => {
    const newest = ago(100);
    states(["shop"], newest, ago(300));
    await prove(proofOf(ago(200)), ...proofs(newest));

    const seen = await step();

    const expected = await newestProven(vault, "acme", SUBJECT);
    expect(seen.proven).toBe(expected?.pointId === pointId(newest));
    expect(seen.inSyncAt).toBe(text(expected?.asOf ?? ago(300)));
  });
});
