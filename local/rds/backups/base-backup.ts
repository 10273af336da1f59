import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { LifeboatError } from "../../../recovery/errors";
import { type AdminAccess, adminEnvironment, asAdmin } from "../postgres/admin";
import { ADMIN } from "../postgres/configuration";
import type { Tools } from "../postgres/tools";
import type { Chain } from "./chain";
import { diskUsageBytes, MANIFEST, sha256OfFile, syncDirectory, syncTree } from "./files";
import { formatMicros, type Micros } from "./micros";
import { parseLsn, segmentName, segmentNumberAt, segmentNumberBefore } from "./segments";

export interface BackupSource {
  readonly tools: Tools;
  readonly access: AdminAccess;
  readonly signal?: AbortSignal;
}

/**
 * Takes a copy of a running server with a manifest of SHA-256 digests, reads it back against them, and has it on the disk. `wal`: whole in itself.
 * Resolves to the server's time after its end.
 */
export const runBaseBackup = async ({ tools, access, signal }: BackupSource, directory: string, wal: boolean): Promise<Micros> => {
  await tools.must(
    "take a base backup",
    "pg_basebackup",
    [
      ...[
        "--pgdata",
        directory,
        "--format=plain",
        "--checkpoint=fast",
        "--manifest-checksums=SHA256",
        "--label=lifeboat",
        "--no-password",
        "--no-sync",
      ],
      `--wal-method=${wal ? "stream" : "none"}`,
    ],
    { environment: adminEnvironment(access), signal },
  );
  const end = await asAdmin(access, ADMIN, ({ row }) => row("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"));
  await syncTree(tools, directory);
  const complaint = await verifyBackup(tools, directory, wal, signal);
  if (complaint === undefined) return BigInt(end?.[0] ?? 0);
  throw new LifeboatError({
    code: "digest-mismatch",
    what: "A base backup is not what the server sent",
    received: complaint,
    hint: "The disk does not keep what is written to it: check it, and take another base backup",
  });
};

/** undefined when every file is what the manifest says, none is missing, and none too many. `wal`: its WAL is read through as well. */
export const verifyBackup = async (tools: Tools, directory: string, wal: boolean, signal?: AbortSignal): Promise<string | undefined> => {
  const args = ["--exit-on-error", "--quiet", ...(wal ? [] : ["--no-parse-wal"]), directory];
  const { code, stderr, stdout } = await tools.attempt("pg_verifybackup", args, { signal, background: true });
  return code === 0
    ? undefined
    : `${stderr}${stdout}`
        .trim()
        .replace(/^pg_verifybackup: /gm, "")
        .replaceAll("\n", " | ");
};

/** https://www.postgresql.org/docs/15/backup-manifest-wal-ranges.html */
const manifestSchema = z.object({
  "WAL-Ranges": z.array(z.object({ Timeline: z.number(), "Start-LSN": z.string(), "End-LSN": z.string() })).min(1),
});

/** The segments that make it consistent: it is of no use without all of them. */
const segmentsOf = ({
  "WAL-Ranges": ranges,
}: z.infer<typeof manifestSchema>): { readonly firstSegment: string; readonly lastSegment: string } => {
  const [first] = ranges;
  const last = ranges.at(-1);
  if (first === undefined || last === undefined) throw new Error("a base backup's manifest has no WAL range");
  return {
    firstSegment: segmentName({ timeline: first.Timeline, number: segmentNumberAt(parseLsn(first["Start-LSN"])) }),
    lastSegment: segmentName({ timeline: last.Timeline, number: segmentNumberBefore(parseLsn(last["End-LSN"])) }),
  };
};

/** A base backup becomes part of the chain: whole at its place, then its line in the index. */
export const addBaseBackup = async (source: BackupSource, chain: Chain, now: () => Date): Promise<string> => {
  const id = now()
    .toISOString()
    .replace(/[^0-9TZ]/g, "");
  const partial = `${chain.baseDirectory(id)}.partial`;
  try {
    const end = await runBaseBackup(source, partial, false);
    const manifest = manifestSchema.parse(JSON.parse(await readFile(join(partial, MANIFEST), "utf8")));
    const facts = {
      end: formatMicros(end),
      ...segmentsOf(manifest),
      sizeBytes: await diskUsageBytes(source.tools, partial),
      manifestSha256: await sha256OfFile(join(partial, MANIFEST)),
    };
    await rename(partial, chain.baseDirectory(id));
    await syncDirectory(chain.basesDirectory);
    await chain.append({ kind: "base", id, ...facts, archivedAt: now().toISOString() });
    return id;
  } catch (thrown) {
    await rm(partial, { recursive: true, force: true });
    throw thrown;
  }
};
