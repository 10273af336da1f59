import { createServer, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { createCloudWatch } from "../../../local/cloudwatch";
import { settingsOf } from "../../../local/plugins/aws/configuration";
import { AwsClients, type AwsContext } from "../../../local/plugins/aws/context";
import type { ResourceHandler } from "../../../local/plugins/protocol/resource";
import { type Aws, region } from "./aws";
import { usePlugin } from "./served";

const config = { region, accessKey: "test", secretKey: "test" };

/** The given handlers served on the embedded CloudWatch, which answers these calls behind the gateway; signatures are the gateway's part. */
export function useCloudWatch(resources: readonly ResourceHandler<AwsContext>[]): Aws {
  const cloudwatch = createCloudWatch({ clock: { now: () => new Date() }, account: "000000000000", publish: async () => {} });
  let server: Server | undefined;
  let url = "";
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const answer = await cloudwatch.handle({ path: request.url ?? "/", headers, body: await buffer(request), region });
      response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
    });
    const listening = server;
    await new Promise<void>((resolve) => void listening.listen(0, "127.0.0.1", resolve));
    const address = listening.address();
    if (address === null || typeof address === "string") throw new Error("the CloudWatch of the tests has no port");
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
    await cloudwatch.stop();
  });
  return { plugin, outside: context };
}
