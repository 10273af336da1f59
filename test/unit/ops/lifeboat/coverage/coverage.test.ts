import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CoverageEvent, CoverageResponse } from "../../../../../lambdas/coverage/events";
import type { CommandIo } from "../../../../../ops/lifeboat/command";
import { coverageCommandWith } from "../../../../../ops/lifeboat/coverage";
import { listCollections } from "../../../../../ops/lifeboat/coverage/collections";
import { listRepositories } from "../../../../../ops/lifeboat/coverage/forges";

import { recordedProgress } from "../progress";

const WHOLE: CoverageResponse = {
  lines: [{ kind: "bucket", name: "acme-documents", region: "us-east-1", verdict: "protected", reason: "replication" }],
  uncovered: 0,
  unusedExclusions: [],
  notLookedAt: ["collections of other tenants than default_tenant"],
};
const BROKEN: CoverageResponse = {
  lines: [{ kind: "volume", name: "*", verdict: "unknown", reason: "they could not be listed: AccessDenied" }, ...WHOLE.lines],
  uncovered: 1,
  unusedExclusions: [{ kind: "bucket", match: "gone", reason: "was there", owner: "ops" }],
  notLookedAt: [],
};

const prepare = (
  answer: CoverageResponse,
  chromaUrl = async () => "http://127.0.0.1:1",
  { projectDir = "/nowhere", environment = {} }: Partial<Pick<CommandIo, "projectDir" | "environment">> = {},
) => {
  const asked: Pick<CoverageEvent, "collections" | "repositories">[] = [];
  const look = async (listed: Pick<CoverageEvent, "collections" | "repositories">) => {
    asked.push(listed);
    return answer;
  };
  const { progress, told } = recordedProgress();
  const command = coverageCommandWith(
    () => ({ look, chromaUrl, close: () => undefined }),
    () => progress,
  );
  const run = async (...argv: string[]) => {
    let text = "";
    const io: CommandIo = {
      out: (said) => {
        text += said;
      },
      environment,
      projectDir,
      now: () => new Date(),
      signal: new AbortController().signal,
    };
    return { code: await command.run([...argv, "--system", "acme", "--region", "eu-west-1"], io), text };
  };
  return { asked, run, told };
};

describe("coverage", () => {
  test("ends with 0 when nothing is uncovered, and says what protects what", async () => {
    const { run, asked } = prepare(WHOLE);

    const { code, text } = await run("--without-collections");

    expect([code, asked]).toEqual([0, [{}]]);
    expect(text).toContain("Not looked at:\n  - collections of other tenants than default_tenant");
    expect(text).toMatch(/│ protected │ bucket │ acme-documents │ us-east-1 │ replication/);
  });

  test("ends with 1 when something is uncovered or unknown, with the next step", async () => {
    const { code, text } = await prepare(BROKEN).run("--without-collections");

    expect(code).toBe(1);
    expect(text).toMatch(/UNKNOWN +│ volume/);
    expect(text).toContain("The exclusion of bucket gone (ops) means nothing that exists");
    expect(text).toContain("1 not covered. Hint:");
  });

  test("a server that is not reached makes the collections unknown, with the way out", async () => {
    const { run, asked } = prepare(BROKEN);

    await run("--json");

    expect(asked).toEqual([{ collections: { problem: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1: .*--without-collections$/) } }]);
  });

  test("so does a live parameter that nobody may read", async () => {
    const { run, asked } = prepare(BROKEN, () => Promise.reject(new Error("AccessDenied")));

    await run();

    expect(asked).toEqual([{ collections: { problem: "AccessDenied" } }]);
  });

  test("tells how far it is on the way, beside its result", async () => {
    const { run, told } = prepare(BROKEN);

    await run("--without-collections", "--json");

    expect(told).toEqual([
      "Comparing what acme has with what is protected",
      "40 %: the account's databases, buckets, volumes and secrets, and what stands for each",
      "done: 2 looked at, 1 not covered",
    ]);
  });

  test("tells of a function that fails, too", async () => {
    const { progress, told } = recordedProgress();
    const look = async () => Promise.reject(new Error("AccessDenied"));
    const command = coverageCommandWith(
      () => ({ look, chromaUrl: async () => "", close: () => undefined }),
      () => progress,
    );
    const io = {
      out: () => undefined,
      environment: {},
      projectDir: "/nowhere",
      now: () => new Date(),
      signal: new AbortController().signal,
    };

    await expect(command.run(["--without-collections", "--system", "acme", "--region", "eu-west-1"], io)).rejects.toThrow("AccessDenied");
    expect(told.at(-1)).toBe("failed: AccessDenied");
  });

  test.each([[["--chroma", "chroma:8000"]], [["--chroma", "http://a:1", "--without-collections"]], [["--all"]]])(
    "refuses %j",
    async (argv) => {
      await expect(prepare(WHOLE).run(...argv)).rejects.toMatchObject({ code: "configuration" });
    },
  );
});

describe("listing collections", () => {
  let server: Server;
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  test("names them by tenant and database", async () => {
    const collection = (name: string) => ({
      id: `id-${name}`,
      name,
      tenant: "shop",
      database: "main",
      metadata: null,
      dimension: null,
      configuration_json: { hnsw: { space: "l2" } },
      schema: null,
    });
    const answers: Record<string, unknown> = {
      "/api/v2/heartbeat": { "nanosecond heartbeat": 1 },
      "/api/v2/tenants/shop/databases": [{ id: "1", name: "main", tenant: "shop" }],
      "/api/v2/tenants/shop/databases/main/collections": [collection("chunks"), collection("summaries")],
    };
    server = createServer((request, response) => {
      const path = new URL(request.url ?? "", "http://x").pathname;
      response.writeHead(path in answers ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answers[path] ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

    const listed = await listCollections(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, ["shop"]);

    expect(listed).toEqual({ found: ["shop/main/chunks", "shop/main/summaries"] });
  });
});

describe("repositories of a forge", () => {
  const GITEA = (url: string) =>
    `config:\n  lifeboat:configuration: {git: {repositories: [{name: shop, url: "ssh://git@git.example:2222/Acme/shop"}]}}\n  lifeboat:coverage:\n    forges:\n      - {kind: gitea, url: "${url}", organisation: acme}\n`;
  let projectDir: string;
  let server: Server;
  let url: string;
  let requests: { readonly path: string; readonly authorization: unknown }[];
  let pages: readonly unknown[][];

  beforeEach(async () => {
    projectDir = await mkdtemp(join(tmpdir(), "lifeboat-coverage-"));
    requests = [];
    const repository = (name: string) => ({
      full_name: `acme/${name}`,
      clone_url: `https://git.example/acme/${name}.git`,
      ssh_url: `git@git.example:acme/${name}.git`,
    });
    pages = [[repository("shop")], [repository("billing")], []];
    server = createServer((request, response) => {
      requests.push({ path: request.url ?? "", authorization: request.headers.authorization });
      const page = Number(new URL(request.url ?? "", "http://x").searchParams.get("page"));
      const status = request.headers.authorization === "token secret" ? 200 : 401;
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(pages[page - 1] ?? []));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
    await writeFile(join(projectDir, "Pulumi.prod.yaml"), GITEA(url));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(projectDir, { recursive: true, force: true });
  });
  const runWith = async (environment: CommandIo["environment"], ...argv: string[]) => {
    const { asked, run } = prepare(WHOLE, undefined, { projectDir, environment });
    await run("--without-collections", ...argv);
    return asked[0];
  };

  test("are listed to the last page, whatever a page holds, with the token of whoever asks; a configured one is known by any of its URLs", async () => {
    const listed = await runWith({ GITEA_TOKEN: "secret" });

    expect(listed).toEqual({
      repositories: {
        found: ["acme/billing"],
      },
    });
    expect(requests.map(({ path }) => path)).toEqual([1, 2, 3].map((page) => `/api/v1/orgs/acme/repos?limit=50&page=${page}`));
  });

  test("are unknown without a token, with one that is refused, and with an answer of another form", async () => {
    expect(await runWith({})).toEqual({
      repositories: { problem: `acme at ${url}: GITEA_TOKEN holds no token; without one: --without-repositories` },
    });
    expect(requests).toEqual([]);
    expect(await runWith({ GITEA_TOKEN: "old" })).toEqual({ repositories: { problem: `acme at ${url}: HTTP 401 Unauthorized` } });
    pages = [[{ name: "shop" }]];
    expect(await runWith({ GITEA_TOKEN: "secret" })).toEqual({ repositories: { problem: expect.stringContaining("full_name") } });
  });

  test("are not asked for where somebody says so", async () => {
    expect(await runWith({ GITEA_TOKEN: "secret" }, "--without-repositories")).toEqual({});
    expect(requests).toEqual([]);
  });

  test("a token goes to no plain address", async () => {
    await writeFile(join(projectDir, "Pulumi.prod.yaml"), GITEA("http://git.example/api/v1"));

    await expect(runWith({ GITEA_TOKEN: "secret" })).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining("https"),
    });
  });

  test.each([
    [
      "github",
      { full_name: "acme/shop", clone_url: "https://github.com/acme/shop.git", ssh_url: "git@github.com:acme/shop.git" },
      "/orgs/acme/repos?type=all&per_page=100&page=1",
      { authorization: "Bearer secret" },
    ],
    [
      "gitlab",
      {
        path_with_namespace: "acme/shop",
        http_url_to_repo: "https://gitlab.com/acme/shop.git",
        ssh_url_to_repo: "git@gitlab.com:acme/shop.git",
      },
      "/groups/acme/projects?include_subgroups=true&with_shared=false&per_page=100&page=1",
      { "private-token": "secret" },
    ],
  ] as const)("%s is asked in its own way", async (kind, repository, path, headers) => {
    const asked: unknown[] = [];
    const other = createServer((request, response) => {
      asked.push([request.url, request.headers]);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(asked.length === 1 ? [repository] : []));
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;

    const listed = await listRepositories([{ kind, url: address, organisation: "acme", tokenVariable: "TOKEN" }], [], { TOKEN: "secret" });
    await new Promise((resolve) => other.close(resolve));

    expect(listed).toEqual({ found: ["acme/shop"] });
    expect(asked[0]).toEqual([path, expect.objectContaining(headers)]);
  });
});
