import { LifeboatError } from "../../recovery/errors";

/** `@pulumi/pulumi` from 3.250 on, and zstd in `node:zlib`, need it. */
const OLDEST_MAJOR = 22;

/** The Node that runs this, when it is new enough; `npm run` puts the one of the dependencies first on the PATH. */
export const requireNode = (version: string, execPath: string): string => {
  if (Number(version.split(".")[0]) >= OLDEST_MAJOR) return execPath;
  throw new LifeboatError({
    code: "toolchain",
    what: "This Node is too old",
    received: `${version} at ${execPath}`,
    allowed: `${OLDEST_MAJOR} or later`,
    hint: "Run npm ci, which brings Node 24, then start through npm: npm run drill",
  });
};
