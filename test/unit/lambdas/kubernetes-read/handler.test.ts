import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { handler } from "../../../../lambdas/kubernetes-read/handler";

const CONTEXT = { awsRequestId: "r-1", getRemainingTimeInMillis: () => 30_000 };

let server: Server;
let endpoint = "";
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
beforeAll(async () => {
  server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterAll(async () => {
  jest.restoreAllMocks();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const ask = (path = "/api/v1", more: object = {}) => handler({ endpoint, token: "t", path, ...more }, CONTEXT);

it("shows the asker's token, and answers what the cluster answered, whole", async () => {
  const seen: (string | undefined)[] = [];
  answer = (request, response) => {
    seen.push(request.method, request.url, request.headers.authorization);
    response.writeHead(429, { "retry-after": "7" }).end("slow down");
  };

  const told = await ask("/api/v1/pods?limit=2");

  expect(seen).toEqual(["GET", "/api/v1/pods?limit=2", "Bearer t"]);
  expect(told).toMatchObject({ kind: "answer", status: 429, retryAfterSeconds: 7 });
  expect(told.kind === "answer" && gunzipSync(Buffer.from(told.body, "base64")).toString()).toBe("slow down");
});

it("takes no answer that is cut short for one", async () => {
  answer = (_request, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write('{"items":[');
    setImmediate(() => response.destroy());
  };

  await expect(ask()).rejects.toThrow("aborted");
});

it("says of what does not fit into a function's answer that it is too large", async () => {
  const large = randomBytes(4_100_000);
  answer = (_request, response) => void response.end(large);

  expect(await ask()).toMatchObject({ kind: "too-large" });
});

it("fails where nobody listens", async () => {
  await expect(ask("/api", { endpoint: "http://127.0.0.1:1" })).rejects.toThrow(/ECONNREFUSED|bad port/);
});

it.each([
  ["a path beside the API", { path: "/logs" }],
  ["a path that leaves it", { path: "//elsewhere/api" }],
  ["no token", { token: "" }],
  ["another protocol", { endpoint: "file:///etc/passwd" }],
])("refuses %s", async (_what, change) => {
  await expect(ask("/api", change)).rejects.toThrow();
});
