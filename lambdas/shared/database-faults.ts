import * as z from "zod";

/**
 * Why a connection failed: `waiting` passes by itself while a server starts, `login` may pass because RDS sets the password after the restore, and
 * `definite` does not pass. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export type DatabaseFault = "waiting" | "login" | "definite";

export const databaseFault = (error: unknown): DatabaseFault => {
  const { code, message } = Thrown.safeParse(error).data ?? {};
  if (code !== undefined && LOGIN.has(code)) return "login";
  if (code !== undefined && (WAITING.has(code) || code.startsWith(CONNECTION_EXCEPTION))) return "waiting";
  // pg itself gives these no code.
  return message !== undefined && /^(Connection terminated|timeout expired|Query read timeout)/.test(message) ? "waiting" : "definite";
};

const Thrown = z.object({ code: z.string().optional(), message: z.string().optional() });

const LOGIN: ReadonlySet<string> = new Set(["28P01", "28000"]);
const CONNECTION_EXCEPTION = "08";
const WAITING: ReadonlySet<string> = new Set([
  // Starting, stopping, crashed, or out of connections.
  ...["57P03", "57P01", "57P02", "53300"],
  // The address of a new instance needs a while until every resolver knows it, and its server until it listens.
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"],
]);
