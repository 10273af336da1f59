import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { findOnPath } from "../../process";

/** GNU coreutils: https://www.gnu.org/software/coreutils/manual/coreutils.html */
const COREUTILS =
  "[ b2sum base32 base64 basename cat chgrp chmod chown cksum comm cp csplit cut date dd df dirname du echo env expand expr false fmt fold head " +
  "hostid id install join link ln logname ls md5sum mkdir mkfifo mktemp mv nice nl nohup nproc numfmt od paste pathchk pr printenv printf ptx pwd " +
  "readlink realpath rm rmdir seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee " +
  "test timeout touch tr true truncate tsort tty uname unexpand uniq unlink users wc who whoami yes";
const words = (text: string): readonly string[] => text.split(" ");

/**
 * What the images have besides their own programs. A script that asks for more finds it on this machine perhaps, and not in the image: so each image's
 * stand-in has a PATH of its own, of these names alone.
 */
export const IMAGE_TOOLS = {
  /** https://github.com/docker-library/postgres: Debian, with zstd for what it restores at its first start. */
  postgres: [...words(COREUTILS), ...words("bash sh sed grep egrep fgrep awk find xargs cmp diff tar gzip gunzip zcat perl")],
  /** https://github.com/aws/aws-cli/blob/v2/docker/Dockerfile: Amazon Linux, which has neither findutils nor diffutils nor tar. */
  awsCli: [...words(COREUTILS), ...words("bash sh sed grep egrep fgrep awk curl less")],
  /** https://github.com/alpine-docker/git: Alpine, whose shell is BusyBox's. There is no bash. */
  git: [
    ...words(COREUTILS).filter((tool) => !words("b2sum base32 csplit fmt join numfmt pathchk pr ptx stdbuf").includes(tool)),
    ...words("sh sed grep egrep fgrep awk find xargs cmp diff tar gzip gunzip zcat ssh ssh-keygen ssh-keyscan"),
  ],
} as const;

/**
 * A directory that has these commands and no others, by their names on this machine's `path` or by their files; made anew, and the same for every
 * container of an image. What this machine lacks is not in it.
 */
export const toolDirectory = (
  directory: string,
  names: readonly string[],
  files: Readonly<Record<string, string>>,
  path: string,
): string => {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const found = names.flatMap((name) => {
    const file = findOnPath(name, path);
    return file === undefined ? [] : [[name, file] as const];
  });
  for (const [name, file] of [...found, ...Object.entries(files)]) {
    const link = join(directory, name);
    const partial = `${link}.partial`;
    rmSync(partial, { force: true });
    symlinkSync(file, partial);
    renameSync(partial, link);
  }
  return directory;
};
