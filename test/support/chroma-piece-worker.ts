import { chromaServer } from "../../lambdas/chroma/server";
import { runStep } from "../../lambdas/chroma-export/steps";
import { noDeadline } from "../../lambdas/shared/deadline";
import { directoryObjects } from "./directory-objects";

/**
 * `chroma-piece-worker.ts URL DIRECTORY POINT PIECE`: exports one piece in a process of its own, and stands still once its first part is stored and it has
 * said so. Whoever started it kills it there.
 */
const main = async ([url = "", directory = "", pointId = "", piece = ""]: readonly string[]): Promise<void> => {
  const staging = directoryObjects(directory);
  let isFirst = true;
  const stopping = {
    ...staging,
    put: async (...args: Parameters<typeof staging.put>) => {
      if (!args[0].endsWith(".parquet")) return staging.put(...args);
      // The part of the next range may be on its way already: it is not to arrive.
      if (isFirst) {
        isFirst = false;
        await staging.put(...args);
        process.stdout.write("stored a part\n");
      }
      return standStill();
    },
  };
  const server = chromaServer({ url });
  const tools = { system: "acme", server, tenants: [], staging: stopping, now: () => new Date(), checkDeadline: noDeadline };
  await runStep(tools, { step: "piece", pointId, piece: Number(piece) });
};

const standStill = (): Promise<never> => new Promise((_, fail) => setTimeout(() => fail(new Error("nobody killed this process")), 600_000));

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
