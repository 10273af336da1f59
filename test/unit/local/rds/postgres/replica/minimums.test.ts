import { parseMinimums, raisedTo } from "../../../../../../local/rds/postgres/replica/minimums";
import { slotOf } from "../../../../../../local/rds/postgres/replica/slots";

const CONTROL_DATA = `pg_control version number:            1300
wal_level setting:                    replica
max_connections setting:              120
max_worker_processes setting:         8
max_wal_senders setting:              10
max_prepared_xacts setting:           5
max_locks_per_xact setting:           64
track_commit_timestamp setting:       off
`;
const raised = (settings: Readonly<Record<string, string>>) => raisedTo(parseMinimums(CONTROL_DATA), { settings, forceSsl: true });

describe("A replica's parameters", () => {
  test("are raised where its source has more, also where they are PostgreSQL's own defaults", () => {
    expect(raised({ max_connections: "60", work_mem: "8MB" })).toEqual({
      settings: { max_connections: "120", max_prepared_transactions: "5", work_mem: "8MB" },
      forceSsl: true,
    });
  });

  test("stay as they are where they are enough", () => {
    const enough = { max_connections: "200", max_prepared_transactions: "5" };

    expect(raised(enough).settings).toEqual(enough);
    expect(raisedTo(new Map(), { settings: {}, forceSsl: false })).toEqual({ settings: {}, forceSsl: false });
  });
});

describe("A replica's slot", () => {
  test("has a name that PostgreSQL takes", () => {
    expect(slotOf({ region: "eu-west-1", resourceId: "db-ABC" })).toBe("rds_replica_eu_west_1_db_abc");
    expect(slotOf({ region: "ap-southeast-1", resourceId: `db-${"A".repeat(80)}` })).toMatch(/^[a-z0-9_]{63}$/);
  });
});
