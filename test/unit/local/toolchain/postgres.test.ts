import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentProgress as progress } from "../../../../local/progress";
import { ensurePostgres } from "../../../../local/toolchain/postgres";
import { temporaryRoot } from "./fixtures";

const root = temporaryRoot();
afterAll(() => rmSync(root, { recursive: true, force: true }));

const TOOLS = ["initdb", "postgres", "pg_basebackup", "pg_verifybackup", "pg_waldump"];

const script = (file: string, text: string): void => {
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
};

const installation = (bin: string, version: string, tools = TOOLS): string => {
  mkdirSync(bin, { recursive: true });
  for (const tool of tools) script(join(bin, tool), `echo "${tool} (PostgreSQL) ${version}"`);
  return bin;
};

const versions = (...majors: readonly string[]): string => {
  const directory = mkdtempSync(join(root, "versions-"));
  for (const major of majors) installation(join(directory, major, "bin"), `${major}.1`);
  return directory;
};
const find = (versionsDirectory: string, path = "/nowhere") =>
  ensurePostgres({ progress, environment: { PATH: path }, isRoot: false, versionsDirectory });

describe("PostgreSQL", () => {
  test("15 is taken, and else the newest", async () => {
    const [both, newer] = [versions("17", "15", "16"), versions("16", "17")];

    expect(await find(both)).toBe(join(both, "15", "bin"));
    expect(await find(newer)).toBe(join(newer, "17", "bin"));
  });

  test("is found on the PATH, and where pg_config says", async () => {
    const onPath = installation(mkdtempSync(join(root, "path-")), "15.2");
    const configured = installation(mkdtempSync(join(root, "configured-")), "15.2");
    const withConfig = mkdtempSync(join(root, "config-"));
    script(join(withConfig, "pg_config"), `echo ${configured}`);

    expect(await find("/nowhere", onPath)).toBe(onPath);
    expect(await find("/nowhere", withConfig)).toBe(configured);
  });

  test("must be whole and recent: the error names the command", async () => {
    const old = versions("14");
    const clients = installation(mkdtempSync(join(root, "clients-")), "15.2", ["pg_basebackup", "postgres"]);

    await expect(find(old)).rejects.toThrow(/apt-get install postgresql/);
    await expect(find("/nowhere", clients)).rejects.toThrow(/15 or later with initdb, postgres, pg_basebackup/);
  });
});
