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
  const stopping = {
    ...staging,
    put: async (...args: Parameters<typeof staging.put>) => {
      const result = await staging.put(...args);
      if (!args[0].endsWith(".parquet")) return result;
      process.stdout.write("stored a part\n");
      return new Promise<typeof result>((resolve) => setTimeout(() => resolve(result), 600_000));
    },
  };
  const server = chromaServer({ url });
  const tools = { system: "acme", server, tenants: [], staging: stopping, now: () => new Date(), checkDeadline: noDeadline };
  await runStep(tools, { step: "piece", pointId, piece: Number(piece) });
};

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
