import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ExportStep, PlannedExport } from "../../lambdas/chroma-export/events";
import { eachInFlight } from "../../lambdas/shared/in-flight";
import { getText } from "../../lambdas/shared/objects";
import { allParts, ChromaManifest, manifestKey } from "../../recovery/chroma/manifest";
import { secondsOf } from "../report";
import { directoryObjects } from "./directory-objects";
import type { WorkerSays } from "./export-worker";

const WORKER = join(__dirname, "export-worker.ts");
/** As the state machine has them by default. */
const PIECES_AT_ONCE = 2;

export interface ExportRun {
  /** Of all steps. The workers stand ready before: on Lambda a first start is added. */
  readonly seconds: number;
  readonly records: number;
  /** Of all parts and the manifest; checkpoints are no part of a point. */
  readonly bytes: number;
  /** The most memory that one of the workers ever had. */
  readonly peakMb: number;
  readonly pointId: string;
}

/** One export as the state machine drives it: the plan, the pieces, two at a time, and the finish, in as many processes as Lambda would have. */
export const exportInProcesses = async (url: string, directory: string): Promise<ExportRun> => {
  const workers = await Promise.all(Array.from({ length: PIECES_AT_ONCE }, () => startWorker(url, directory)));
  try {
    let pointId = "";
    const seconds = await secondsOf(async () => {
      pointId = await drive(workers);
    });
    const text = (await getText(directoryObjects(directory), manifestKey(pointId))) ?? "";
    const manifest = ChromaManifest.parse(JSON.parse(text));
    const { size } = await stat(join(directory, manifestKey(pointId)));
    return {
      ...{ seconds, pointId },
      records: manifest.collections.reduce((sum, { countWritten }) => sum + countWritten, 0),
      bytes: allParts(manifest).reduce((sum, { sizeBytes }) => sum + sizeBytes, size),
      peakMb: Math.max(...workers.map(({ peakMb }) => peakMb())),
    };
  } finally {
    for (const { stop } of workers) stop();
  }
};

interface Worker {
  run(step: ExportStep): Promise<unknown>;
  peakMb(): number;
  stop(): void;
}

const drive = async (workers: readonly Worker[]): Promise<string> => {
  const free = [...workers];
  const onOne = async (step: ExportStep): Promise<unknown> => {
    const worker = free.pop();
    if (worker === undefined) throw new Error("no worker is free");
    const answer = await worker.run(step);
    free.push(worker);
    return answer;
  };
  const planned = await onOne({ step: "plan", run: "bench", startedAt: new Date().toISOString() });
  if (!isPlan(planned)) throw new Error("the export was not planned");
  const { pointId, pieces } = planned;
  await eachInFlight(pieces, PIECES_AT_ONCE, async (piece) => {
    await onOne({ step: "piece", pointId, piece });
  });
  await onOne({ step: "finish", pointId });
  return pointId;
};

const isPlan = (answer: unknown): answer is PlannedExport =>
  typeof answer === "object" && answer !== null && "pieces" in answer && "pointId" in answer;

const startWorker = async (url: string, directory: string): Promise<Worker> => {
  const child = fork(WORKER, [url, directory], { execArgv: ["--import", "tsx"] });
  let peakMb = 0;
  const next = async (): Promise<WorkerSays> => {
    const said = await saidBy(child);
    peakMb = said.peakMb;
    if (said.failure !== undefined) throw new Error(said.failure);
    return said;
  };
  await next();
  return {
    run: async (step) => {
      child.send(step);
      return (await next()).answer;
    },
    peakMb: () => peakMb,
    stop: () => void child.kill(),
  };
};

const saidBy = async (child: ChildProcess): Promise<WorkerSays> => {
  const ended = new AbortController();
  const exited = once(child, "exit", { signal: ended.signal }).then(([code]) => {
    throw new Error(`a worker of the export ended with code ${code}`);
  });
  exited.catch(() => {});
  try {
    const [said] = await Promise.race([once(child, "message", { signal: ended.signal }), exited]);
    return said;
  } finally {
    ended.abort();
  }
};
