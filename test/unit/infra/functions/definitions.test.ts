import { readProd } from "../../../../infra/config/read";
import { functionDefinitions } from "../../../../infra/functions/definitions";
import { bucketNames, FUNCTIONS } from "../../../../recovery/names";
import { committed } from "../config/stackFiles";

const site = { system: "acme", accountId: "123456789012", primaryRegion: "us-east-1", recoveryRegion: "eu-west-1" };
const definitions = functionDefinitions(site, readProd(committed("prod")));

describe("function definitions", () => {
  test("there is one for each function", () => {
    expect(definitions.map(({ name }) => name).sort()).toEqual([...FUNCTIONS].sort());
  });

  test("no function of the recovery region may touch anything of the primary region", () => {
    const { documents, staging } = bucketNames(site);
    const recovery = definitions.filter(({ home }) => home === "recovery");

    const text = JSON.stringify(recovery);

    expect(recovery.length).toBeGreaterThan(0);
    expect(text).not.toContain(documents);
    expect(text).not.toContain(staging);
    expect(text).not.toContain(site.primaryRegion);
  });

  test("no function may delete, shorten a lock or do everything", () => {
    const actions = definitions.flatMap(({ statements }) => statements.flatMap((statement) => statement.actions));

    expect(actions.filter((action) => /Delete|Bypass|\*$/.test(action))).toEqual([]);
  });

  test("no function runs longer than AWS lets it", () => {
    expect(definitions.filter(({ timeoutSeconds }) => timeoutSeconds > 900)).toEqual([]);
  });
});
