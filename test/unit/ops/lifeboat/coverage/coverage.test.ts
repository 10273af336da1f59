import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { CoverageResponse } from "../../../../../lambdas/coverage/events";
import type { CommandIo } from "../../../../../ops/lifeboat/command";
import { coverageCommandWith } from "../../../../../ops/lifeboat/coverage";
import { type ListedCollections, listCollections } from "../../../../../ops/lifeboat/coverage/collections";

const WHOLE: CoverageResponse = {
  lines: [{ kind: "bucket", name: "acme-documents", region: "us-east-1", verdict: "protected", reason: "replication" }],
  uncovered: 0,
  unusedExclusions: [],
};
const BROKEN: CoverageResponse = {
  lines: [{ kind: "volume", name: "*", verdict: "unknown", reason: "they could not be listed: AccessDenied" }, ...WHOLE.lines],
  uncovered: 1,
  unusedExclusions: [{ kind: "bucket", match: "gone", reason: "was there", owner: "ops" }],
};

const prepare = (answer: CoverageResponse, chromaUrl = async () => "http://127.0.0.1:1") => {
  const asked: (ListedCollections | undefined)[] = [];
  const look = async (collections: ListedCollections | undefined) => {
    asked.push(collections);
    return answer;
  };
  const command = coverageCommandWith(() => ({ look, chromaUrl, close: () => undefined }));
  const run = async (...argv: string[]) => {
    let text = "";
    const io: CommandIo = {
      out: (said) => {
        text += said;
      },
      environment: {},
      projectDir: "/nowhere",
      now: () => new Date(),
      signal: new AbortController().signal,
    };
    return { code: await command.run([...argv, "--system", "acme", "--region", "eu-west-1"], io), text };
  };
  return { asked, run };
};

describe("coverage", () => {
  test("ends with 0 when nothing is uncovered, and says what protects what", async () => {
    const { run, asked } = prepare(WHOLE);

    const { code, text } = await run("--without-collections");

    expect([code, asked]).toEqual([0, [undefined]]);
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

    expect(asked).toEqual([{ problem: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1: .*--without-collections$/) }]);
  });

  test("so does a live parameter that nobody may read", async () => {
    const { run, asked } = prepare(BROKEN, () => Promise.reject(new Error("AccessDenied")));

    await run();

    expect(asked).toEqual([{ problem: "AccessDenied" }]);
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
