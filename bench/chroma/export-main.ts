import { DEFAULT_TENANT } from "../../lambdas/chroma/client";
import { chromaServer } from "../../lambdas/chroma/server";
import { exportChroma } from "../../lambdas/chroma-export/export";
import { noDeadline } from "../../lambdas/shared/deadline";
import { getText } from "../../lambdas/shared/objects";
import { allParts, ChromaManifest, manifestKey } from "../../recovery/chroma/manifest";
import { secondsOf } from "../report";
import { directoryObjects } from "./directory-objects";

/** As the state machine has them by default. */
const PIECES_AT_ONCE = 2;

/** What `export.ts` reads of the last line. */
export interface ExportRun {
  readonly seconds: number;
  readonly records: number;
  /** Of all parts and the manifest; checkpoints are no part of a point. */
  readonly bytes: number;
  /** The most memory that the process ever had. */
  readonly peakMb: number;
  readonly pointId: string;
}

/** `export-main.ts URL DIRECTORY`: one export in a process of its own, as a function has it, so that its memory is its own too. */
const main = async ([url = "", directory = ""]: readonly string[]): Promise<ExportRun> => {
  const staging = directoryObjects(directory);
  let report: Awaited<ReturnType<typeof exportChroma>> | undefined;
  const seconds = await secondsOf(async () => {
    report = await exportChroma({
      system: "bench",
      server: chromaServer({ url }),
      tenants: [DEFAULT_TENANT],
      staging,
      now: () => new Date(),
      random: "0000",
      checkDeadline: noDeadline,
      concurrency: PIECES_AT_ONCE,
    });
  });
  const key = manifestKey(report?.pointId ?? "");
  const manifest = ChromaManifest.parse(JSON.parse((await getText(staging, key)) ?? ""));
  return {
    seconds,
    records: report?.records ?? 0,
    bytes: staging.bytesOf([...allParts(manifest).map(({ key }) => key), key]),
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    pointId: report?.pointId ?? "",
  };
};

main(process.argv.slice(2)).then(
  (run) => console.log(JSON.stringify(run)),
  (thrown: unknown) => {
    console.error(thrown);
    process.exitCode = 1;
  },
);
