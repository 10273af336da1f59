import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { repositoriesFile } from "../../../../../infra/components/configuration/gitJob";
import { run } from "../../../../../local/process";

const SCRIPT = join(__dirname, "..", "..", "..", "..", "..", "infra", "components", "configuration", "git", "upload.sh");
const POINT = "configuration-20261126T170000Z-1a2b";

/** An AWS CLI over a folder, with S3's answers to what is written once; it fails at the call that FAIL_AT names. Real ones are in test/integration. */
const AWS = `#!/usr/bin/env bash
set -eu
echo "$*" >> "$CALLS"
option() { local name=$1; shift; while [ $# -gt 0 ]; do if [ "$1" = "$name" ]; then echo "$2"; fi; shift; done; }
case "$1 $2" in
  "s3api put-object")
    key=$(option --key "$@")
    if [ "$key" = "\${FAIL_AT:-}" ]; then echo "An error occurred (503) when calling the PutObject operation" >&2; exit 255; fi
    if [ -e "$BUCKET_FOLDER/$key" ]; then echo "An error occurred (PreconditionFailed) when calling the PutObject operation" >&2; exit 254; fi
    mkdir -p "$(dirname "$BUCKET_FOLDER/$key")"
    cp "$(option --body "$@")" "$BUCKET_FOLDER/$key" ;;
  "s3api head-object")
    node -e 'const { createHash } = require("crypto"); console.log(createHash("sha256").update(require("fs").readFileSync(process.argv[1])).digest("base64"))' "$BUCKET_FOLDER/$(option --key "$@")" ;;
  "s3 cp") mkdir -p "$BUCKET_FOLDER/configuration-state"; cp -r "\${@: -2:1}." "$BUCKET_FOLDER/configuration-state/" ;;
esac
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-upload-"));
  for (const each of ["work/repositories/shop/export", "files", "bin", "bucket"]) mkdirSync(join(folder, each), { recursive: true });
  writeFileSync(join(folder, "bin", "aws"), AWS);
  chmodSync(join(folder, "bin", "aws"), 0o755);
  writeFileSync(join(folder, "calls"), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const state = (subject: string, inSyncAt: string): string =>
  JSON.stringify({ schema: "lifeboat/configuration-state/1", subject, digest: "d", pointId: POINT, exportedAt: inSyncAt, inSyncAt });
const shop = (name: string): string => join(folder, "work", "repositories", "shop", name);
const inBucket = (key: string): string => join(folder, "bucket", key);

const upload = async (environment: Readonly<Record<string, string>> = {}) => {
  const mirror = { url: "https://mirror.example/shop.git", alarmAt: 60 };
  writeFileSync(
    join(folder, "files", "repositories.tsv"),
    repositoriesFile([{ name: "shop", url: "https://git.example/shop.git", lfs: "refused", mirror }]),
  );
  cpSync(join(dirname(SCRIPT), "limits.sh"), join(folder, "files", "limits.sh"));
  const { code, stderr } = await run({
    command: "bash",
    args: [SCRIPT],
    env: {
      ...process.env,
      ...{
        PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}`,
        CALLS: join(folder, "calls"),
        BUCKET_FOLDER: join(folder, "bucket"),
      },
      ...{ WORK: join(folder, "work"), FILES: join(folder, "files"), STAGING_BUCKET: "staging", SYSTEM: "acme" },
      ...{ RECOVERY_REGION: "eu-west-1", METRIC_NAMESPACE: "Lifeboat", LAG_METRIC: "Lag" },
      ...{ EVERY_SECONDS: "300", UPLOAD_SECONDS: "60" },
      ...environment,
    },
  });
  const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  const metrics = calls.find((call) => call.startsWith("cloudwatch put-metric-data"));
  return {
    code,
    stderr,
    puts: calls.flatMap((call) => /s3api put-object .*--key (\S+)/.exec(call)?.[1]?.split("/").at(-1) ?? []),
    metrics: JSON.parse(metrics?.split("--metric-data ")[1] ?? "[]") as { Value: number; Dimensions: { Value: string }[] }[],
  };
};

const exported = () => {
  writeFileSync(shop("export/bundle-00000"), "one");
  writeFileSync(shop("export/bundle-00001"), "two");
  writeFileSync(shop("export/manifest.json"), "{}");
  writeFileSync(shop("new-state.json"), state("repositories/shop", new Date().toISOString()));
  writeFileSync(shop("new-mirror-state.json"), state("mirrors/shop", new Date().toISOString()));
};

describe("the job's last step", () => {
  it("writes parts, then the manifest, then the states, and says that all is up to date", async () => {
    exported();

    const { code, puts, metrics } = await upload();

    expect([code, puts]).toEqual([0, ["bundle-00000", "bundle-00001", "manifest.json"]]);
    expect(existsSync(inBucket("configuration-state/repositories/shop.json"))).toBe(true);
    expect(existsSync(inBucket("configuration-state/mirrors/shop.json"))).toBe(true);
    expect(metrics.map(({ Dimensions }) => Dimensions[1]?.Value)).toEqual(["repositories/shop", "mirrors/shop"]);
    expect(metrics.every(({ Value }) => Value < 60)).toBe(true);
  });

  it.each(["bundle-00000", "bundle-00001", "manifest.json"])(
    "that fails at %s leaves no manifest and no state, and tells the age",
    async (at) => {
      exported();
      writeFileSync(shop("state.json"), state("repositories/shop", new Date(Date.now() - 7200_000).toISOString()));

      const { code, stderr, metrics } = await upload({ FAIL_AT: `configuration/${POINT}/${at}` });

      expect([code, stderr]).toEqual([1, expect.stringContaining("Not up to date: shop")]);
      expect(existsSync(inBucket(`configuration/${POINT}/manifest.json`))).toBe(false);
      expect(existsSync(inBucket("configuration-state/repositories/shop.json"))).toBe(false);
      expect(metrics[0]?.Value).toBeGreaterThanOrEqual(7200);
    },
  );

  it("takes what is there for its own when its bytes are the same, and for somebody else's otherwise", async () => {
    exported();
    const key = inBucket(`configuration/${POINT}/bundle-00000`);
    mkdirSync(dirname(key), { recursive: true });
    writeFileSync(key, "one");
    const same = await upload();
    rmSync(join(folder, "bucket", "configuration", POINT, "manifest.json"));
    writeFileSync(key, "another");

    const other = await upload();

    expect([same.code, other.code]).toEqual([0, 1]);
    expect(other.stderr).toContain("something else stands there");
    expect(createHash("sha256").update(readFileSync(key)).digest("hex")).toBe(createHash("sha256").update("another").digest("hex"));
  });

  it("says nothing of a repository that was never up to date, and fails", async () => {
    rmSync(shop("export"), { recursive: true });

    const { code, stderr, metrics } = await upload();

    expect([code, metrics]).toEqual([1, []]);
    expect(stderr).toContain("Not up to date: shop shop's mirror");
  });
});
