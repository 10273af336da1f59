import { primarySettings, STANDBY, TAKEOVER } from "../../../../../../local/rds/postgres/standby/settings";

test("a primary waits for its standby, whatever the parameter group says that RDS's mirrored disks would not", () => {
  for (const group of ["on", "local", "remote_write", "remote_apply", undefined]) {
    const settings = primarySettings(group === undefined ? {} : { synchronous_commit: group }, true);
    expect(settings).toMatchObject({ synchronous_standby_names: STANDBY, synchronous_commit: "on" });
  }
});

test.each(["off", "OFF", "false", "no", "0"])("a parameter group that gives up its last commits (%s) gives them up", (value) => {
  expect(primarySettings({ synchronous_commit: value }, true)).not.toHaveProperty("synchronous_commit");
});

test("without a standby that has caught up a commit waits for nobody", () => {
  expect(primarySettings({ synchronous_commit: "local" }, false)).toEqual({ wal_keep_size: "256MB" });
  expect(primarySettings({ wal_keep_size: "1GB" }, false)).toEqual({});
});

test("a standby that takes over lets nobody in before it is the primary", () => {
  expect(TAKEOVER).toEqual({ hot_standby: "off", restore_command: "false" });
});
