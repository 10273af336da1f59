import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { LifeboatError } from "../../recovery/errors";
import { ProcessIdentity, startOf } from "./identity";

/** Who works in a home. */
export const Holder = z.object({
  schema: z.literal("lifeboat/local-holder/1"),
  /** Random; what its control answers with, so that whoever listens there is known to be it. */
  id: z.string().min(1),
  process: ProcessIdentity,
  /** Where the background process can be asked; a command that cleans up cannot be. */
  control: z.object({ port: z.int().min(1).max(65_535), token: z.string().min(1) }).optional(),
});
export type Holder = z.infer<typeof Holder>;

/** This process as a holder. */
export const thisHolder = async (id: string, control?: Holder["control"]): Promise<Holder> => {
  const started = await startOf(process.pid);
  if (started !== undefined) return { schema: "lifeboat/local-holder/1", id, process: { pid: process.pid, started }, control };
  throw new LifeboatError({
    code: "toolchain",
    what: "This system does not say when a process started, so no later command could tell this one from another",
    received: `process ${process.pid} on ${process.platform}`,
    hint: "It takes /proc on Linux, and the command ps elsewhere",
  });
};

/** Undefined when there is no lock, or nothing that a holder wrote. */
export const readHolder = async (file: string): Promise<Holder | undefined> => holderIn(await readIfThere(file));

const holderIn = (text: string | undefined): Holder | undefined => {
  if (text === undefined) return undefined;
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};

export interface Locking {
  readonly file: string;
  readonly holder: Holder;
  /** Whether the process that a lock names still is the one that took it. */
  readonly isHeld: (holder: Holder) => Promise<boolean>;
}

/** Takes the lock, also one that was left behind. Resolves to the other holder when one has it, else to undefined. */
export const takeLock = async (locking: Locking): Promise<Holder | undefined> => {
  for (;;) {
    if (await appeared(locking)) return undefined;
    const found = await readIfThere(locking.file);
    if (found === undefined) continue;
    const other = holderIn(found);
    if (other !== undefined && (await locking.isHeld(other))) return other;
    await removeStale(locking, found);
  }
};

export const releaseLock = async (file: string, id: string): Promise<void> => {
  if ((await readHolder(file))?.id === id) await rm(file, { force: true });
};

/** A link appears with its content, and only where there is none: nobody sees half a lock. https://man7.org/linux/man-pages/man2/link.2.html */
const appeared = async ({ file, holder }: Locking): Promise<boolean> => {
  const whole = `${file}.${randomBytes(6).toString("hex")}`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(whole, JSON.stringify(holder), { mode: 0o600 });
    await link(whole, file);
    return true;
  } catch (error) {
    // Another one has it, or is deleting the directory at this moment.
    if (isCode(error, "EEXIST") || isCode(error, "ENOENT")) return false;
    throw error;
  } finally {
    await rm(whole, { force: true });
  }
};

const OTHER_IS_AT_IT_MS = 20;

/** Only who holds the lock on this very content deletes it, so that a lock taken meanwhile by a third process stays. */
const removeStale = async (locking: Locking, found: string): Promise<void> => {
  const guard = `${locking.file}.${createHash("sha256").update(found).digest("hex").slice(0, 16)}`;
  if ((await takeLock({ ...locking, file: guard })) !== undefined) {
    await sleep(OTHER_IS_AT_IT_MS);
    return;
  }
  try {
    if ((await readIfThere(locking.file)) === found) await rm(locking.file, { force: true });
  } finally {
    await releaseLock(guard, locking.holder.id);
  }
};

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
};

const isCode = (error: unknown, code: string): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === code;
