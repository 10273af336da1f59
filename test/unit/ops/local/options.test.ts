import { parseLocalOptions } from "../../../../ops/local/options";

describe("the words of the local command", () => {
  test.each([
    [["up"], { command: "up" }],
    [["down"], { command: "down" }],
    [["status"], { command: "status", json: false }],
    [["status", "--json"], { command: "status", json: true }],
    [["env"], { command: "env", json: false, stack: "prod" }],
    [["env", "--stack", "dr"], { command: "env", json: false, stack: "dr" }],
    [["env", "--json", "--stack=prod"], { command: "env", json: true, stack: "prod" }],
  ])("%j", (argv, options) => {
    expect(parseLocalOptions(argv)).toEqual(options);
  });

  test.each([
    [[], /A command is missing\. Received: nothing\. Allowed: up, status, env, down\. Hint: npm run local --/],
    [["stop"], /There is no such command\. Received: stop\. Allowed: up, status, env, down\./],
    [["--json"], /There is no such command\. Received: --json\./],
    [["up", "now"], /Received: up now\. Allowed: up with nothing after it\./],
    [["down", "--keep-data"], /Received: down --keep-data\. Allowed: down with nothing after it\./],
    [["status", "--stack", "dr"], /Received: status --stack dr\. Allowed: status with --json\./],
    [["env", "--stack", "staging"], /There is no such stack\. Received: --stack staging\. Allowed: prod, dr\./],
    [["env", "--stack"], /Allowed: env with --json, --stack\./],
  ])("%j is refused with what is allowed", (argv, message) => {
    expect(() => parseLocalOptions(argv)).toThrow(message);
  });
});
