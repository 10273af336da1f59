import { Agent, request } from "node:http";
import { chunks } from "../../lambdas/chroma/batches";
import { eachInFlight } from "../../lambdas/shared/in-flight";
import { secondsOf } from "../report";

const PAGE_ROWS = 1000;
const IN_FLIGHT = 2;

export interface WireLimit {
  readonly seconds: number;
  readonly bytes: number;
}

/** How fast the server gives every record to a client that throws the answers away: no export can be faster. The ids are known before. */
export const wireLimit = async (url: string, collectionUrl: string, ids: readonly string[]): Promise<WireLimit> => {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  let bytes = 0;
  const readPage = async (page: readonly string[]): Promise<void> => {
    const body = JSON.stringify({ ids: page, include: ["embeddings", "documents", "metadatas", "uris"] });
    const received = await discarded(agent, `${url}${collectionUrl}/get`, body);
    bytes += received;
  };
  const seconds = await secondsOf(() => eachInFlight(chunks(ids, PAGE_ROWS), IN_FLIGHT, readPage));
  agent.destroy();
  return { seconds, bytes };
};

const discarded = (agent: Agent, url: string, body: string): Promise<number> =>
  new Promise((done, fail) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request(url, { agent, method: "POST", headers }, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.byteLength;
      });
      response.on("end", () => (response.statusCode === 200 ? done(bytes) : fail(new Error(`${url}: HTTP ${response.statusCode}`))));
      response.on("error", fail);
    });
    sent.on("error", fail);
    sent.end(body);
  });
