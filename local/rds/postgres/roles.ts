import { escapeIdentifier, escapeLiteral } from "pg";
import { LifeboatError } from "../../../recovery/errors";
import { type AdminAccess, asAdmin } from "./admin";
import { ADMIN } from "./configuration";

export interface Master {
  readonly username: string;
  readonly passwordVerifier: string;
  readonly databaseName?: string;
}

/**
 * The roles of a new server, as RDS makes them: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html.
 * Two things RDS does in its own build of PostgreSQL and this does not. It lets `rds_superuser` create the extensions that it supports: here the master creates
 * trusted ones (pgcrypto, pg_trgm, hstore ...) as a database's owner does on any PostgreSQL, and not pg_stat_statements or postgres_fdw.
 * And it keeps a role with CREATEROLE from granting itself `pg_execute_server_program` or `pg_read_server_files`, which PostgreSQL itself does from version 16 on.
 */
export const createRoles = async (access: AdminAccess, { username, passwordVerifier, databaseName }: Master): Promise<void> => {
  const master = escapeIdentifier(username);
  await asAdmin(access, "postgres", async ({ run }) => {
    await run(`CREATE DATABASE ${ADMIN}`);
    await run("CREATE ROLE rds_superuser NOLOGIN");
    await run("GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO rds_superuser WITH ADMIN OPTION");
    await run(
      `CREATE ROLE ${master} LOGIN NOSUPERUSER CREATEDB CREATEROLE NOREPLICATION PASSWORD ${escapeLiteral(passwordVerifier)} VALID UNTIL 'infinity' IN ROLE rds_superuser`,
    );
    await run(`ALTER DATABASE postgres OWNER TO ${master}`);
    if (databaseName !== undefined && databaseName !== "postgres")
      await run(`CREATE DATABASE ${escapeIdentifier(databaseName)} OWNER ${master}`);
  });
  // A restored server knows nothing but its own data.
  await asAdmin(access, ADMIN, async ({ run }) => {
    await run("CREATE TABLE instance (master_username text NOT NULL)");
    await run(`INSERT INTO instance VALUES (${escapeLiteral(username)})`);
  });
};

export const setMasterPassword = (access: AdminAccess, passwordVerifier: string): Promise<void> =>
  asAdmin(access, ADMIN, async ({ row, run }) => {
    const master = (await row("SELECT master_username FROM instance"))?.[0] ?? "";
    await run(`ALTER ROLE ${escapeIdentifier(master)} PASSWORD ${escapeLiteral(passwordVerifier)}`);
  });

/** @throws LifeboatError for names that the service or PostgreSQL keeps. */
export const checkNames = (username: string, databaseName: string | undefined): void => {
  const kept = (name: string): boolean => name === ADMIN || name === "rds_superuser" || name.startsWith("pg_") || name === "";
  const bad = [username, databaseName ?? "postgres"].find((name) => kept(name) || name.startsWith("template") || name.length > 63);
  if (bad === undefined) return;
  throw new LifeboatError({
    code: "configuration",
    what: "The name of the master user or of the database cannot be used",
    received: JSON.stringify(bad),
    allowed: `1 to 63 characters; not ${ADMIN}, rds_superuser, pg_... or template...`,
    hint: "Choose another name",
  });
};
