import type { Check } from "../../../recovery/catalogue/point";
import type { PostgresDump } from "../../../recovery/postgres/dump-manifest";
import { check } from "../checks";

const MISSING = "not there as it was sealed";
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** The roles' SQL: as many as were counted, and no password in it. */
export const rolesCheck = ({ roles }: PostgresDump["roles"], bytes: Uint8Array | undefined): Check => {
  const expected = `${roles} roles, no passwords`;
  if (bytes === undefined) return check("roles", expected, MISSING);
  const text = textOf(bytes);
  const found = text.match(/^CREATE ROLE /gm)?.length ?? 0;
  return check("roles", expected, `${found} roles, ${/^(CREATE|ALTER) ROLE .*PASSWORD '/m.test(text) ? "with" : "no"} passwords`);
};

/** What `pg_restore --list` said when the dump was taken. */
export const tocCheck = (database: string, { entries }: { readonly entries: number }, bytes: Uint8Array | undefined): Check => {
  const found = bytes === undefined ? undefined : /^; +TOC Entries: (\d+)$/m.exec(textOf(bytes))?.[1];
  return check(`${database}: list of its table of contents`, `${entries} entries`, found === undefined ? MISSING : `${found} entries`);
};
