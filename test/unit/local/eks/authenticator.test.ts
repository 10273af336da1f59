import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { eksTokens } from "../../../../lambdas/configuration-export/kubernetes/token";
import { eksAuthenticator } from "../../../../local/eks";

const ARN = "arn:aws:sts::000000000000:assumed-role/acme-configuration-export/session";
let sts: Server;
let stsEndpoint = "";
let asked: { readonly url: string; readonly cluster: unknown }[] = [];
let status = 200;
let now = new Date("2026-11-26T21:00:00.000Z");
beforeAll(async () => {
  sts = createServer((request, response) => {
    asked.push({ url: request.url ?? "", cluster: request.headers["x-k8s-aws-id"] });
    response.writeHead(status).end(`<GetCallerIdentityResponse><Arn>${ARN}</Arn></GetCallerIdentityResponse>`);
  }).listen(0, "127.0.0.1");
  await once(sts, "listening");
  const address = sts.address();
  stsEndpoint = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
beforeEach(() => {
  asked = [];
  status = 200;
});
afterAll(async () => {
  sts.closeAllConnections();
  sts.close();
  await once(sts, "close");
});

const authenticator = () => eksAuthenticator({ stsEndpoint, clusterName: "acme", now: () => now });
const tokenFor = (endpoint = stsEndpoint): Promise<string> =>
  eksTokens({
    credentials: async () => ({ accessKeyId: "AKID", secretAccessKey: "secret" }),
    ...{ region: "us-east-1", stsEndpoint: endpoint, clusterName: "acme", now: () => now },
  })();

it("is told by STS whose a token is, with its own name in the signed header, and asks once a minute", async () => {
  const authenticate = authenticator();
  const token = await tokenFor();

  const names = [await authenticate(token), await authenticate(token)];
  now = new Date(now.getTime() + 61_000);
  names.push(await authenticate(token));

  expect(new Set(names)).toEqual(new Set(["arn:aws:iam::000000000000:role/acme-configuration-export"]));
  expect(asked.map(({ cluster }) => cluster)).toEqual(["acme", "acme"]);
});

it("knows nobody by a token that STS refuses, and says so where STS does not answer", async () => {
  status = 403;
  expect(await authenticator()(await tokenFor())).toBeUndefined();
  status = 503;
  await expect(authenticator()(await tokenFor())).rejects.toThrow("HTTP 503");
});

it("carries nothing to another host, and no other call", async () => {
  const authenticate = authenticator();
  const other = (change: (url: URL) => void) => async () => {
    const url = new URL(Buffer.from((await tokenFor()).replace("k8s-aws-v1.", ""), "base64url").toString());
    change(url);
    return `k8s-aws-v1.${Buffer.from(url.href).toString("base64url")}`;
  };
  const tokens = [
    async () => tokenFor("http://127.0.0.1:9"),
    async () => "eyJhbGciOi",
    async () => "k8s-aws-v1.!!!",
    other((url) => url.searchParams.set("Action", "AssumeRole")),
    other((url) => url.searchParams.set("X-Amz-SignedHeaders", "host")),
    other((url) => url.searchParams.append("RoleArn", "arn:aws:iam::000000000000:role/admin")),
  ];

  for (const token of tokens) expect(await authenticate(await token())).toBeUndefined();
  expect(asked).toEqual([]);
});
