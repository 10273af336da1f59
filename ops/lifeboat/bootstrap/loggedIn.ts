import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as z from "zod";

const Identity = z.looseObject({ url: z.string().min(1) });
const PATIENCE_MS = 10_000;

/** Where the Pulumi CLI is logged in. Undefined without the CLI, or when it does not say: nobody is logged in, or the backend does not answer. */
export const loggedIn = async (environment: Readonly<Record<string, string | undefined>>, cwd: string): Promise<string | undefined> => {
  try {
    const { stdout } = await promisify(execFile)("pulumi", ["whoami", "--json", "--non-interactive"], {
      cwd,
      env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeout: PATIENCE_MS,
    });
    return Identity.parse(JSON.parse(stdout)).url;
  } catch {
    return undefined;
  }
};
