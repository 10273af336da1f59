import { type BackendArgs, type BackendPorts, checkBackends } from "../../../../../ops/lifeboat/bootstrap/backend";

const OWN = { prod: { bucket: "prod-state", region: "us-east-1" }, dr: { bucket: "dr-state", region: "eu-west-1" } };
const args = (changes: Partial<BackendArgs> = {}): BackendArgs => ({
  project: "lifeboat",
  regions: { primary: "us-east-1", recovery: "eu-west-1" },
  stacks: ["prod", "dr"],
  secretsProviders: {},
  ownBuckets: OWN,
  standing: [],
  ...changes,
});
/** Buckets by name: where each is, and what lies in it. */
const world = (buckets: Readonly<Record<string, readonly [string, ...string[]]>>, login?: string): BackendPorts => ({
  bucketHome: async (bucket) => buckets[bucket]?.[0],
  stateKeys: async (bucket) => {
    const [, ...keys] = buckets[bucket] ?? [""];
    if (keys.includes("!")) throw new Error("AccessDenied");
    return keys.map((key) => `.pulumi/stacks/${key}`);
  },
  loggedIn: async () => login,
});
const buckets = { "prod-state": ["us-east-1", "lifeboat/prod.json"], "dr-state": ["eu-west-1", "lifeboat/dr.json"] } as const;

test("the environment goes before the project's file, and that before where the CLI is logged in", async () => {
  const all = args({ environmentUrl: "s3://dr-state?region=eu-west-1", projectUrl: "s3://prod-state?region=us-east-1" });
  const sources = await Promise.all(
    [all, { ...all, environmentUrl: undefined }, args(), args({ environmentUrl: "" })].map(
      async (given) => (await checkBackends(world(buckets, "s3://dr-state"), given)).notes[0],
    ),
  );

  expect(sources).toEqual([
    "PULUMI_BACKEND_URL: dr-state in eu-west-1, with dr",
    "Pulumi.yaml: prod-state in us-east-1, with prod",
    "pulumi login: dr-state in eu-west-1, with dr",
    "pulumi login: dr-state in eu-west-1, with dr",
  ]);
});

test("nobody logged in is no problem, and said", async () => {
  expect(await checkBackends(world({}), args({ stacks: ["dr"] }))).toEqual({
    notes: ["no backend is chosen here", "Pulumi.dr.yaml names no secrets provider yet"],
    problems: [],
  });
});

test.each([
  ["a state of dr in the primary region", "s3://old?region=us-east-1", ["dr"], /the state of dr is in us-east-1/],
  ["a bucket that both share", "s3://both?region=eu-west-1", ["prod", "dr"], /prod and dr share the bucket both/],
  ["an old layout, compressed", "s3://legacy?region=us-east-1", ["prod", "dr"], /the state of dr is in us-east-1/],
  ["the other stack's backend", "s3://prod-state?region=us-east-1", ["dr"], /prod-state is prod's backend, and dr has one of its own/],
  [
    "a URL that lies about the region",
    "s3://old?region=eu-west-1",
    ["prod", "dr"],
    /the URL says eu-west-1, and the bucket old is in us-east-1/,
  ],
  ["a bucket that is not there", "s3://gone?region=eu-west-1", ["dr"], /there is no bucket gone/],
  ["a bucket that cannot be read", "s3://shut?region=eu-west-1", ["dr"], /the bucket shut cannot be read: AccessDenied/],
  ["a service without a region", "https://api.pulumi.com", ["prod", "dr"], /the state of dr is in https:\/\/api\.pulumi\.com/],
] as const)("%s is a problem", async (_name, environmentUrl, stacks, problem) => {
  const more = {
    old: ["us-east-1", "lifeboat/dr.json"],
    both: ["eu-west-1", "lifeboat/dr.json", "lifeboat/prod.json"],
    legacy: ["us-east-1", "dr.json.gz"],
    shut: ["eu-west-1", "!"],
  } as const;
  const { problems } = await checkBackends(world({ ...buckets, ...more }), args({ environmentUrl, stacks }));

  expect(problems.join("\n")).toMatch(problem);
});

test("another project's stacks in the bucket are not ours", async () => {
  const { problems, notes } = await checkBackends(
    world({ "dr-state": ["eu-west-1", "other/prod.json", "lifeboat/dr.json.bak"] }),
    args({ environmentUrl: "s3://dr-state?region=eu-west-1" }),
  );

  expect(problems).toEqual([]);
  expect(notes[0]).toContain("with no stack");
});

test("a state in the other's own bucket is found there, whatever is chosen", async () => {
  const { problems } = await checkBackends(
    world({ ...buckets, "prod-state": ["us-east-1", "lifeboat/dr.json"] }),
    args({ standing: ["prod", "dr"] }),
  );

  expect(problems).toEqual(["the state of dr lies in prod-state, which is prod's: its loss is the loss of both"]);
});

test("a secrets key of dr in the primary region is a problem", async () => {
  const { problems } = await checkBackends(
    world({}),
    args({ secretsProviders: { prod: "awskms://alias/p?region=us-east-1", dr: "awskms://alias/d?region=us-east-1" } }),
  );

  expect(problems).toEqual([expect.stringMatching(/^Pulumi\.dr\.yaml: the secrets key of dr is in us-east-1/)]);
});
