import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { silentProgress as progress } from "../../../../local/progress";
import { builtPulumi, PULUMI_VERSION } from "../../../../local/toolchain/pulumi-build";
import { ownPulumi } from "../../../../local/toolchain/pulumi-cli";
import { emptyCache, pathWith, temporaryRoot } from "./fixtures";

const root = temporaryRoot();
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("the Pulumi CLI", () => {
  test.each([
    ["v3.250.0", true],
    ["v3.300.1", true],
    ["v4.0.0", true],
    ["v3.249.9", false],
    ["v2.999.0", false],
    ["unknown", false],
  ])("of the PATH is used when it is new enough: %s", async (version, used) => {
    const PATH = pathWith(root, "pulumi", `echo ${version}`);

    expect(await ownPulumi({ PATH })).toBe(used ? join(PATH, "pulumi") : undefined);
  });

  test("cannot be built without Go: the error names the commands, and nothing is left", async () => {
    const cacheRoot = emptyCache(root);

    const building = builtPulumi({ progress, cacheRoot, environment: { PATH: "/nowhere" } });

    await expect(building).rejects.toThrow(/no go on the PATH.*apt-get install golang-go/);
    expect(readdirSync(cacheRoot)).toEqual([]);
  });

  test.each([
    ["go: go.mod requires go >= 1.26.6 (running go 1.19.8)", /requires go >= .*apt-get install golang-go/],
    ["go: module lookup failed: dial tcp: no route to host", /no route to host.*GOPROXY/],
  ])("says why its build failed: %s", async (message, expected) => {
    const cacheRoot = emptyCache(root);
    const PATH = pathWith(root, "go", `echo '${message}' >&2; exit 1`);

    await expect(builtPulumi({ progress, cacheRoot, environment: { PATH } })).rejects.toThrow(expected);
    expect(readdirSync(cacheRoot)).toEqual([]);
  });

  test("is the version that the Go module pins", () => {
    const goMod = readFileSync(resolve("local/toolchain/pulumi/go.mod"), "utf8");

    expect(goMod).toContain(`github.com/pulumi/pulumi/pkg/v3 v${PULUMI_VERSION}\n`);
  });
});
