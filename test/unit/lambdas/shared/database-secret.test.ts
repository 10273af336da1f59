import { loginOf } from "../../../../lambdas/shared/database-secret";
import { messageOf } from "../../../../recovery/errors";
import { ENDPOINT } from "../support/database-plan";

const PASSWORD = "never-in-a-log";
const SECRET = {
  engine: "postgres",
  host: ENDPOINT.host,
  port: ENDPOINT.port,
  dbname: ENDPOINT.database,
  username: "app",
  password: PASSWORD,
};

it("leads to the endpoint's database, with the secret's user and password", () => {
  expect(loginOf(ENDPOINT, JSON.stringify(SECRET))).toEqual({
    ...{ host: ENDPOINT.host, port: ENDPOINT.port, database: ENDPOINT.database },
    ...{ username: "app", password: PASSWORD },
  });
});

it.each([
  ["no text", undefined],
  ["text that is no JSON", `password=${PASSWORD}`],
  ["another form", JSON.stringify({ password: PASSWORD })],
  ["another host", JSON.stringify({ ...SECRET, host: "production.example" })],
  ["another port", JSON.stringify({ ...SECRET, port: 5433 })],
  ["another database", JSON.stringify({ ...SECRET, dbname: "other" })],
])("refuses %s, and does not show the password", (_what, text) => {
  let message = "";
  try {
    loginOf(ENDPOINT, text);
  } catch (error) {
    message = messageOf(error);
  }

  expect(message).toMatch(/^\[target-refused\].*does not lead to the restored database/);
  expect(message).not.toContain(PASSWORD);
});
