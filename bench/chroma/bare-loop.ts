import { addBody } from "../../lambdas/chroma/bodies";
import { eachInFlight } from "../../lambdas/shared/in-flight";
import { secondsOf } from "../report";
import { recordBatches } from "./records";

const BATCH_ROWS = 1000;
const IN_FLIGHT = 2;

/** Adds every record in the fastest way that the server takes them (base64 embeddings, 1,000 at a time, two in flight) and checks nothing. Seconds. */
export const bareAddLoop = (url: string, collectionUrl: string, records: number): Promise<number> =>
  secondsOf(() =>
    eachInFlight(recordBatches(records, BATCH_ROWS), IN_FLIGHT, async (batch) => {
      const response = await fetch(`${url}${collectionUrl}/add`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: addBody(batch),
      });
      if (!response.ok) throw new Error(`add: HTTP ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }),
  );
