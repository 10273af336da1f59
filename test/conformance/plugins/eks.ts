import { createServer, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { createEks } from "../../../local/eks";
import { settingsOf } from "../../../local/plugins/aws/configuration";
import { AwsClients, type AwsContext } from "../../../local/plugins/aws/context";
import type { ResourceHandler } from "../../../local/plugins/protocol/resource";
import { type Aws, region } from "./aws";
import { usePlugin } from "./served";

const config = { region, accessKey: "test", secretKey: "test" };

/** The clusters that there are. */
export const CLUSTERS = ["first", "second"] as const;

/** The given handlers served on the embedded EKS, which answers these calls behind the gateway; signatures are the gateway's part. */
export function useEks(resources: readonly ResourceHandler<AwsContext>[]): Aws {
  const eks = createEks({ clusters: { [region]: CLUSTERS }, account: "000000000000", now: () => new Date(), random: Math.random });
  let server: Server | undefined;
  let url = "";
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://eks");
      const call = { region, method: request.method ?? "GET", path: pathname, query: searchParams, body: await buffer(request) };
      const answer = await eks.handle(call);
      response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
    });
    const listening = server;
    await new Promise<void>((resolve) => void listening.listen(0, "127.0.0.1", resolve));
    const address = listening.address();
    if (address === null || typeof address === "string") throw new Error("the EKS of the tests has no port");
    url = `http://127.0.0.1:${address.port}`;
  });
  const context = () => new AwsClients(settingsOf(config, { AWS_ENDPOINT_URL: url }));
  const plugin = usePlugin(
    () => ({ name: "aws", version: "7.48.0", configure: context, resources, functions: [], source: "local/plugins/aws" }),
    () => config,
  );
  afterAll(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });
  return { plugin, outside: context };
}
