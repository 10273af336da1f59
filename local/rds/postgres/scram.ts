import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

/** PostgreSQL's own number: `SCRAM_SHA_256_DEFAULT_ITERATIONS`. */
const ITERATIONS = 4096;

/**
 * What `pg_authid` keeps of a password (RFC 5803). Made here, so that a server that logs its statements never logs a password.
 * For passwords of printable ASCII, as RDS's are: others would have to be normalised first.
 */
export const scramVerifier = (password: string, salt: Buffer): string => {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const keyed = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(keyed("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${stored}:${keyed("Server Key").toString("base64")}`;
};
