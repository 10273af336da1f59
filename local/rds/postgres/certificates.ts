import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "../../../recovery/errors";
import { run } from "../../process";
import { type Account, own } from "./account";

export interface Certificates {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const SCRIPT = join(__dirname, "certificates.py");

/** An authority of this engine's own and one certificate for all its servers: SAN DNS:localhost, IP:127.0.0.1. */
export const makeCertificates = async (directory: string, python: string, account: Account): Promise<Certificates> => {
  await mkdir(directory, { recursive: true });
  // Clients of every user read the authority's certificate.
  await chmod(directory, 0o755);
  const { code, stderr } = await run({ command: python, args: [SCRIPT, directory] });
  if (code !== 0) {
    throw new LifeboatError({
      code: "toolchain",
      what: "Could not make the databases' certificates",
      received: stderr.trim().split("\n").slice(-3).join(" | "),
      hint: "The Python given must have the package cryptography: use the toolchain's virtual environment",
    });
  }
  const files = {
    caFile: join(directory, "ca.pem"),
    certificateFile: join(directory, "server.pem"),
    keyFile: join(directory, "server.key"),
  };
  await own(files.keyFile, account);
  return files;
};
