import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Rds } from "../../../../local/rds";

export interface ServedRds {
  readonly url: string;
  stop(): Promise<void>;
}

/** What the gateway does for a call that it has authorised: the region is the one that the call was signed for. */
export const serveRds = async (rds: Rds): Promise<ServedRds> => {
  const server: Server = createServer(async (request, response) => {
    const [, region = ""] = /Credential=[^/]+\/\d+\/([^/]+)\/rds\//.exec(request.headers.authorization ?? "") ?? [];
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = await rds.handle({ region, path: request.url ?? "/", headers, body: await buffer(request) });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
};
