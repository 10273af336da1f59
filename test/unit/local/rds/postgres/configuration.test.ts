import { configurationText, hostAccessText } from "../../../../../local/rds/postgres/configuration";

const certificates = { caFile: "/tls/ca.pem", certificateFile: "/tls/server.pem", keyFile: "/tls/server.key" };

test("what the engine keeps stands after the parameter group, and the last line wins", () => {
  const text = configurationText({
    port: 5432,
    certificates,
    parameters: { settings: { timezone: "Europe/Zurich", work_mem: "8MB" }, forceSsl: true },
    archiveCommand: "true",
    recovery: { archive_mode: "off" },
  });

  const lines = text.trim().split("\n");
  expect(lines).toEqual(
    expect.arrayContaining(["timezone = 'Europe/Zurich'", "work_mem = '8MB'", "port = '5432'", "listen_addresses = '127.0.0.1'"]),
  );
  expect(lines.findIndex((line) => line.startsWith("listen_addresses"))).toBeGreaterThan(lines.indexOf("work_mem = '8MB'"));
  expect(lines.findLast((line) => line.startsWith("archive_mode"))).toBe("archive_mode = 'off'");
  expect(new Set(lines.map((line) => line.split(" ")[0])).size).toBe(lines.length);
});

test("everyone but the service comes with TLS when it is demanded; nobody comes without a password, or into the service's own database", () => {
  const [admin, replication, ownDatabase, everyone] = hostAccessText(true).split("\n");

  expect(admin).toMatch(/^hostssl all rdsadmin .* scram-sha-256$/);
  expect(replication).toMatch(/^hostssl replication rdsadmin .* scram-sha-256$/);
  expect(ownDatabase).toMatch(/^host rdsadmin all .* reject$/);
  expect(everyone).toMatch(/^hostssl all all .* scram-sha-256$/);
  expect(hostAccessText(false).split("\n")[3]).toMatch(/^host all all .* scram-sha-256$/);
});
