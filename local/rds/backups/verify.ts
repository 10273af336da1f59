import { basename, join } from "node:path";
import { z } from "zod";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import { run } from "../../process";
import { bundleEntry } from "../../toolchain/bundle";
import type { Tools } from "../postgres/tools";
import { verifyBackup } from "./base-backup";
import type { Chain } from "./chain";
import { MANIFEST, sha256OfFile } from "./files";
import type { SegmentsToRead } from "./segment-reader";

/** A piece that is not what was archived. */
export interface Fault {
  readonly segment?: string;
  readonly base?: string;
  readonly message: string;
}

const digest = z.object({ sizeBytes: z.number(), usedBytes: z.number(), sha256: z.string() });
const answerSchema = z.object({ fault: z.object({ file: z.string(), found: digest.optional(), error: z.string().optional() }).optional() });

/** The first of the segments whose file is not what the index says; undefined when all are. `linksIn`: gets a link to each that is, as soon as it is known. */
export const faultOfSegments = async (chain: Chain, names: readonly string[], linksIn?: string): Promise<Fault | undefined> => {
  const unknown = names.find((name) => chain.segment(name) === undefined);
  if (unknown !== undefined) return { segment: unknown, message: `The WAL segment ${unknown} is not in the index` };
  const segments = names.flatMap((name) => {
    const archived = chain.segment(name);
    return archived === undefined ? [] : [{ file: chain.segmentFile(name), archived }];
  });
  const { fault } = await readThrough({ segments, linksIn });
  if (fault === undefined) return undefined;
  const segment = basename(fault.file);
  if (fault.found === undefined) return { segment, message: `The WAL segment ${segment} cannot be read: ${fault.error}` };
  const wanted = chain.segment(segment);
  const archived = `archived with SHA-256 ${wanted?.sha256} of ${wanted?.usedBytes} bytes`;
  return {
    segment,
    message: `The WAL segment ${segment} is corrupt: ${archived}, its file has ${fault.found.sha256} of ${fault.found.usedBytes} bytes`,
  };
};

const readThrough = async (work: SegmentsToRead): Promise<z.infer<typeof answerSchema>> => {
  const script = await bundleEntry("segment-reader", join(__dirname, "segment-reader-main.ts"));
  const { code, stdout, stderr } = await run({ command: process.execPath, args: [script], input: JSON.stringify(work) });
  if (code === 0) return answerSchema.parse(JSON.parse(stdout));
  throw new LifeboatError({
    code: "internal",
    what: "The archived WAL could not be read through",
    received: `code ${code}: ${stderr.trim().split("\n").at(-1)}`,
    hint: "Try again; when it stays, look for memory or disk space that has run out",
  });
};

export const faultOfBase = async (tools: Tools, chain: Chain, id: string): Promise<Fault | undefined> => {
  const directory = chain.baseDirectory(id);
  const fault = (message: string): Fault => ({ base: id, message: `The base backup ${id} is corrupt: ${message}` });
  try {
    const manifest = await sha256OfFile(join(directory, MANIFEST));
    if (manifest !== chain.base(id)?.manifestSha256) {
      return fault(`its manifest has SHA-256 ${manifest}, archived with ${chain.base(id)?.manifestSha256}`);
    }
  } catch (thrown) {
    return fault(messageOf(thrown));
  }
  const complaint = await verifyBackup(tools, directory, false);
  return complaint === undefined ? undefined : fault(complaint);
};
