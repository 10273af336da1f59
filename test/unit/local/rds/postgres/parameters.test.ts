import { isOwnedByEngine, readParameters, settingLine } from "../../../../../local/rds/postgres/parameters";

const known = new Set(["work_mem", "track_commit_timestamp", "shared_preload_libraries", "ssl_ciphers", "archive_command", "port"]);
const read = (parameters: Record<string, string>) => readParameters(parameters, known);

describe("The parameters of a database", () => {
  test("are PostgreSQL's own, and TLS is demanded unless it is switched off", () => {
    expect(read({ track_commit_timestamp: "1" })).toEqual({ settings: { track_commit_timestamp: "1" }, forceSsl: true });
    expect(read({ "rds.force_ssl": "0" })).toEqual({ settings: {}, forceSsl: false });
  });

  test.each([
    ["that PostgreSQL does not know", { wrok_mem: "4MB" }, /wrok_mem.*no setting of this PostgreSQL/],
    ["of a library that is not loaded", { "pg_stat_statements.max": "10" }, /pg_stat_statements\.max/],
    ["of RDS that has no effect here", { "rds.logical_replication": "1" }, /rds\.logical_replication.*Allowed: rds\.force_ssl/],
    ["of RDS with another value", { "rds.force_ssl": "yes" }, /rds\.force_ssl.*0 or 1/],
    ["with more than one line", { work_mem: "4MB'\narchive_command = 'false" }, /work_mem.*line break/],
  ])("are refused by name: one %s", (_what, parameters, message) => {
    expect(() => read(parameters)).toThrow(message);
  });

  test.each([
    "archive_command",
    "archive_timeout",
    "restore_command",
    "listen_addresses",
    "port",
    "ssl",
    "ssl_cert_file",
    "data_directory",
    "hba_file",
    "recovery_target_time",
  ])("do not include %s, which the service keeps", (name) => {
    expect(isOwnedByEngine(name)).toBe(true);
    expect(() => read({ [name]: "x" })).toThrow(new RegExp(`${name} cannot be set.*keeps itself`));
  });

  test("of a library are taken when it is loaded", () => {
    const parameters = { shared_preload_libraries: "auto_explain, pg_stat_statements", "pg_stat_statements.max": "1000" };

    expect(read(parameters).settings).toEqual(parameters);
  });

  test("cannot leave their quotes", () => {
    expect(settingLine("search_path", `a'b\\c`)).toBe(String.raw`search_path = 'a''b\\c'`);
  });
});
