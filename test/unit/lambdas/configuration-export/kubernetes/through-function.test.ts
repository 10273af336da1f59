import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { EKSClient } from "@aws-sdk/client-eks";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { askThroughFunction } from "../../../../../lambdas/configuration-export/kubernetes/through-function";

interface Given {
  readonly cluster: object;
  readonly answer: object;
  readonly error?: string;
}

let server: Server;
let given: Given;
let called: { readonly path: string; readonly event: unknown }[] = [];
let clients: { readonly lambda: LambdaClient; readonly eks: EKSClient };
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const path = request.url ?? "";
    const event = request.method === "POST" ? await json(request) : undefined;
    called.push({ path, event });
    response.setHeader("content-type", "application/json");
    if (path.startsWith("/clusters/")) return void response.end(JSON.stringify({ cluster: given.cluster }));
    if (given.error !== undefined) response.setHeader("x-amz-function-error", given.error);
    response.end(JSON.stringify(given.answer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const access = { endpoint, region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "s" }, maxAttempts: 1 };
  clients = { lambda: new LambdaClient(access), eks: new EKSClient(access) };
});
beforeEach(() => {
  called = [];
});
afterAll(async () => {
  clients.lambda.destroy();
  clients.eks.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const CLUSTER = { endpoint: "https://k.example", certificateAuthority: { data: "Q0E=" } };
const asking = () => askThroughFunction({ ...clients, functionName: "acme-kubernetes-read", clusterName: "acme", token: async () => "t" });

it("asks the function where EKS says that the cluster is, and looks that up once", async () => {
  given = { cluster: CLUSTER, answer: { kind: "answer", status: 200, body: gzipSync('{"a":1}').toString("base64"), retryAfterSeconds: 2 } };
  const ask = asking();

  expect(await ask("/api/v1")).toEqual({ status: 200, text: '{"a":1}', retryAfterSeconds: 2 });
  await ask("/apis");

  const event = { endpoint: "https://k.example", certificateAuthority: "Q0E=", token: "t" };
  expect(called.map(({ path }) => path.split("?")[0])).toEqual([
    "/clusters/acme",
    ...Array.from({ length: 2 }, () => "/2015-03-31/functions/acme-kubernetes-read/invocations"),
  ]);
  expect(called.slice(1).map((call) => call.event)).toEqual([
    { ...event, path: "/api/v1" },
    { ...event, path: "/apis" },
  ]);
});

it("hands on that an answer was too large", async () => {
  given = { cluster: CLUSTER, answer: { kind: "too-large", sizeBytes: 5_000_000 } };

  expect(await asking()("/api")).toEqual({ status: "too-large" });
});

it("names what the function failed with, and a cluster that has no endpoint yet", async () => {
  given = { cluster: CLUSTER, answer: { errorMessage: "connect ETIMEDOUT" }, error: "Unhandled" };
  await expect(asking()("/api")).rejects.toThrow("ETIMEDOUT");
  given = { cluster: { status: "CREATING" }, answer: {} };
  await expect(asking()("/api")).rejects.toThrow("CREATING");
});
