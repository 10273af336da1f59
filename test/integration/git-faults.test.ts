import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getText, type ObjectStore } from "../../lambdas/shared/objects";
import { waitUntil } from "../../local/process";
import { CONFIGURATION_EXPORT } from "../../recovery/configuration/manifest";
import { stateKey } from "../../recovery/configuration/state";
import { METRICS } from "../../recovery/names";
import { type FaultyProxy, type RequestFault, type SeenRequest, startFaultyProxy } from "../support/faulty-proxy";
import { aws, begin, end, newest, prepare as prepareStores } from "./support/configuration";
import { root } from "./support/emulator";
import { makeRepository } from "./support/git";
import { GIT_STEPS, GitRun, type GitRunOptions } from "./support/git-job";

// The git job's uploads while S3 fails, hangs, or the pod is killed or has a wrong clock: no point is half there, and the next run completes.
jest.setTimeout(120_000);

const [, , UPLOAD] = GIT_STEPS;

let sources: string;
let proxy: FaultyProxy;
const runs: GitRun[] = [];

beforeAll(async () => {
  await begin();
  proxy = await startFaultyProxy(aws.gateway.url);
  sources = mkdtempSync(join(tmpdir(), "lifeboat-git-faults-"));
  await makeRepository(sources, "one", 200_000);
  await makeRepository(sources, "two");
});
afterEach(() => {
  proxy.setFault(() => undefined);
  for (const each of runs.splice(0)) each.remove();
});
afterAll(async () => {
  await proxy?.stop();
  await end();
  rmSync(sources, { recursive: true, force: true });
});

const repository = (name: string) => ({ name, url: `file://${join(sources, name)}`, lfs: "refused" as const });

/** A staging bucket of its own, and runs of the job that reach it through the faults. */
const prepare = async () => {
  const { staging, vault, sealAndProve } = await prepareStores();
  const make = async (names: readonly string[], options: Partial<GitRunOptions> = {}): Promise<GitRun> => {
    const made = await GitRun.make({
      ...{ endpoint: proxy.url, bucket: staging.bucket, credentials: root, repositories: names.map(repository) },
      ...options,
      env: { VAULT_BUCKET: vault.bucket, ...options.env },
    });
    runs.push(made);
    return made;
  };
  return {
    make,
    sealAndProve,
    staging,
    points: () => pointsIn(staging),
    stored: (name: string) => staging.head(stateKey(`repositories/${name}`)),
  };
};

/** Points that have a manifest, each of which is looked at to be whole. */
const pointsIn = async (staging: ObjectStore): Promise<readonly { readonly pointId: string; readonly name: string }[]> => {
  const found: { pointId: string; name: string }[] = [];
  for await (const page of staging.list("configuration/"))
    for (const { key } of page) {
      if (!key.endsWith("/manifest.json")) continue;
      const facts = CONFIGURATION_EXPORT.facts((await getText(staging, key)) ?? "");
      expect(facts.contradictions).toEqual([]);
      const sizes = await Promise.all(facts.parts.map(async (part) => (await staging.head(part.key))?.sizeBytes));
      expect(sizes).toEqual(facts.parts.map(({ sizeBytes }) => sizeBytes));
      found.push({ pointId: facts.pointId, name: facts.series.split("/").at(-1) ?? "" });
    }
  return found;
};
const names = (points: readonly { readonly name: string }[]): readonly string[] => points.map(({ name }) => name).sort();

const isPutOf = ({ method, path }: SeenRequest, file: string): boolean =>
  method === "PUT" && path.includes("/configuration/") && path.includes(file);

it("bears S3's 503, 500, slowness, a body that is cut short and an answer that is lost, each at another object", async () => {
  const { make, points, sealAndProve, stored } = await prepare();
  const job = await make(["one"], { env: { PART_BYTES: "60000" } });
  const faults: Readonly<Record<string, RequestFault>> = {
    "bundle-00000": { status: 503 },
    "bundle-00001": { status: 500 },
    "bundle-00002": "cut-upload",
    "bundle-00003": { delayMs: 1500 },
    "manifest.json": "cut",
    "configuration-state": { status: 500 },
  };
  const met = new Set<string>();
  proxy.setFault((request) => {
    const [file, fault] = Object.entries(faults).find(([name]) => request.method === "PUT" && request.path.includes(name)) ?? [];
    if (file === undefined || met.has(file)) return undefined;
    met.add(file);
    return fault;
  });

  const { code, said } = await job.all();

  expect({ code, said }).toEqual({ code: 0, said: "" });
  expect([...met].sort()).toEqual(Object.keys(faults).sort());
  // The manifest was there when it was put again.
  expect(proxy.requests.filter((request) => isPutOf(request, "manifest.json"))).toHaveLength(2);
  expect(await stored("one")).toBeDefined();
  const [point] = await points();
  expect((await sealAndProve(point?.pointId ?? "")).outcome).toBe("passed");
});

it("where S3 does not answer to one repository's parts, the others are put, stored and measured, in time; the next run completes", async () => {
  const { make, points, stored } = await prepare();
  const job = await make(["one", "two"], { env: { UPLOAD_SECONDS: "20", AWS_MAX_ATTEMPTS: "2" } });
  await job.bundle();
  const key = (await job.exported("one"))?.manifest.pointId ?? "";
  proxy.setFault((request) => (isPutOf(request, `${key}/bundle`) ? "silence" : undefined));

  const { code, said } = await job.step(UPLOAD);

  const during = [code, names(await points()), await stored("one"), (await stored("two"))?.sizeBytes];
  proxy.setFault(() => undefined);
  const next = await (await make(["one", "two"])).all();
  expect(during).toEqual([1, ["two"], undefined, expect.any(Number)]);
  expect(said).toContain("Not up to date: one");
  expect(await newest(METRICS.configurationLag, "repositories/two")).toBeLessThan(60);
  expect(next).toEqual({ code: 0, said: "" });
  expect(names(await points())).toEqual(["one", "two"]);
});

it("a pod that is killed before its manifest is put leaves no point and no state; the next one makes a point of its own", async () => {
  const { make, points, sealAndProve, stored } = await prepare();
  const killed = await make(["one"]);
  await killed.bundle();
  proxy.setFault((request) => (isPutOf(request, "manifest.json") ? "silence" : undefined));
  const before = proxy.requests.length;
  const running = killed.start(UPLOAD);
  await waitUntil(() => proxy.requests.slice(before).some((request) => isPutOf(request, "manifest.json")), {
    ...{ timeoutMs: 30_000, intervalMs: 20, what: "the manifest is being put", process: running },
  });
  running.kill();
  await running.exited;
  const during = [await points(), await stored("one")];
  proxy.setFault(() => undefined);

  const next = await (await make(["one"])).all();

  expect(during).toEqual([[], undefined]);
  expect(next).toEqual({ code: 0, said: "" });
  const [point, ...others] = await points();
  expect(others).toEqual([]);
  expect((await sealAndProve(point?.pointId ?? "")).outcome).toBe("passed");
});

it("a pod whose clock is ten minutes ahead puts no point of the future, and does not remember it as done; the next one completes", async () => {
  const { make, points, stored } = await prepare();
  // Every time that the scripts write is of `date`. S3 and the AWS CLI keep the right time.
  const ahead = 'case "$*" in *" -d "*) exec "$REAL" "$@" ;; *) exec "$REAL" -d "+10 minutes" "$@" ;; esac';
  const wrong = await make(["one"], { shims: { date: ahead } });

  const { code, said } = await wrong.all();

  const during = [code, await points(), await stored("one")];
  const next = await (await make(["one"])).all();
  expect(during).toEqual([1, [], undefined]);
  expect(said).toMatch(/this pod's clock is (59|60)\d seconds ahead of S3's/);
  expect(next.code).toBe(0);
  expect(names(await points())).toEqual(["one"]);
});

it("two runs at once make two points, which are whole, of the same repository", async () => {
  const { make, points, stored } = await prepare();
  const both = [await make(["two"]), await make(["two"])];

  const finished = await Promise.all(both.map((each) => each.all()));

  expect(finished).toEqual([
    { code: 0, said: "" },
    { code: 0, said: "" },
  ]);
  const found = await points();
  expect(found).toHaveLength(2);
  expect(await stored("two")).toBeDefined();
});
