import { DEFAULT_TENANT } from "../../lambdas/chroma/client";
import { chromaServer } from "../../lambdas/chroma/server";
import type { ExportStep } from "../../lambdas/chroma-export/events";
import { runStep } from "../../lambdas/chroma-export/steps";
import { noDeadline } from "../../lambdas/shared/deadline";
import { directoryObjects } from "./directory-objects";

/** What a worker says: first that it is ready, then the answer of each step that it was sent. */
export interface WorkerSays {
  readonly answer?: unknown;
  readonly failure?: string;
  /** The most memory that its process ever had. */
  readonly peakMb: number;
}

/** `export-worker.ts URL DIRECTORY`: the function `chroma-export` in a process of its own, one step at a time, as Lambda runs it. */
const [url = "", directory = ""] = process.argv.slice(2);
const tools = {
  system: "bench",
  server: chromaServer({ url }),
  tenants: [DEFAULT_TENANT],
  staging: directoryObjects(directory),
  now: () => new Date(),
  checkDeadline: noDeadline,
};

const say = (said: Omit<WorkerSays, "peakMb">): void => {
  process.send?.({ ...said, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) });
};

process.on("message", (step: ExportStep) => {
  runStep(tools, step).then(
    (answer) => say({ answer }),
    (thrown: unknown) => say({ failure: String(thrown) }),
  );
});
say({});
