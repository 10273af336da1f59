import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../local/process";
import { silentProgress } from "../../local/progress";
import { installOnce } from "../../local/toolchain/cache";
import { messageOf } from "../../recovery/errors";
import type { Bed } from "../bed";

/** chromadb-data-pipes, the one tool that exports Chroma collections. https://pypi.org/project/chromadb-data-pipes/0.0.12/ */
const RELEASE = "chromadb-data-pipes==0.0.12";
const RUNNER = join(__dirname, "peer", "cdp_export.py");
/** Faster than its defaults (100 and 1), and no slower than more of either. */
const TUNED = ["--batch-size", "1000", "--max-threads", "2"];

/** For where it cannot be installed: 50,000 records of the same shape, on two cores. */
export const RECORDED = {
  peerSeconds: 8.4,
  wireSeconds: 2.1,
  sentence: "recorded were 8.4 s for cdp, tuned the same way, beside a wire limit of 2.1 s",
} as const;

export interface Peer {
  readonly python: string;
  /** Its package alone: what it needs of others is in the environment of the Chroma server. */
  readonly packages: string;
}

export interface PeerRun {
  /** Of the export alone, without Python's start and imports. */
  readonly seconds: number;
}

/** Installed once, or undefined where that does not work. */
export const preparePeer = async (bed: Bed): Promise<Peer | undefined> => {
  const python = join(bed.venvBin, "python");
  try {
    const packages = await installOnce({
      target: join(bed.cacheRoot, `peer-${RELEASE.replace("==", "-")}`),
      step: () => silentProgress.step(""),
      build: async (directory) => {
        const { code, stderr } = await run({
          command: python,
          args: ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps", "--target", directory, RELEASE],
        });
        if (code !== 0) throw new Error(stderr.trim().split("\n").at(-1));
      },
    });
    return { python, packages };
  } catch (thrown) {
    bed.say(`the peer cannot be installed: ${messageOf(thrown)}`);
    return undefined;
  }
};

export const exportByPeer = async (
  { python, packages }: Peer,
  {
    url,
    collection,
    file,
    records,
  }: { readonly url: string; readonly collection: string; readonly file: string; readonly records: number },
): Promise<PeerRun> => {
  const { code, stdout, stderr } = await run({
    command: python,
    args: [RUNNER, "export", `${url}/${collection}`, "--out", file, ...TUNED],
    env: { ...process.env, PYTHONPATH: packages },
  });
  if (code !== 0) throw new Error(`cdp export ended with code ${code}: ${stderr.trim().split("\n").slice(-5).join(" | ")}`);
  const lines = await linesOf(file);
  await rm(file);
  if (lines !== records) throw new Error(`cdp exported ${lines} records, not ${records}`);
  return { seconds: Number(stdout.trim().split("\n").at(-1)) };
};

const linesOf = async (file: string): Promise<number> => {
  let lines = 0;
  for await (const chunk of createReadStream(file)) for (const byte of chunk) if (byte === 10) lines += 1;
  return lines;
};
