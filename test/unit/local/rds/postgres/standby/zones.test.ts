import { createZones, mustBeApart, mustHavePower } from "../../../../../../local/rds/postgres/standby/zones";

test("nothing is started in a zone without power, and the refusal names it; other zones, and its namesake elsewhere, have power", () => {
  const zones = createZones();
  zones.lose("us-east-1", "a");

  expect(() => mustHavePower(zones, "us-east-1", "a")).toThrow(/without power.*a in us-east-1/s);
  expect(() => mustHavePower(zones, "us-east-1", "b")).not.toThrow();
  expect(() => mustHavePower(zones, "eu-west-1", "a")).not.toThrow();
  zones.resume("us-east-1", "a");
  expect(() => mustHavePower(zones, "us-east-1", "a")).not.toThrow();
});

test("a standby is in another zone than its primary", () => {
  expect(() => mustBeApart("a", "a")).toThrow(/another availability zone/);
  expect(() => mustBeApart("a", "b")).not.toThrow();
  expect(() => mustBeApart("a", undefined)).not.toThrow();
});
