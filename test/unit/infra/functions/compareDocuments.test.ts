import { readProd } from "../../../../infra/config/read";
import { functionContext } from "../../../../infra/functions/context";
import { compareDocuments } from "../../../../infra/functions/definitions/compareDocuments";
import { committed } from "../config/stackFiles";

const SITE = { system: "acme", accountId: "123456789012", primaryRegion: "us-east-1", recoveryRegion: "eu-west-1" };
const KEY = "arn:aws:kms:us-east-1:123456789012:key/theirs";

const definitionOf = (changes: Readonly<Record<string, string>> = {}) =>
  compareDocuments(functionContext(SITE, readProd({ ...committed("prod"), ...changes }), "acme-postgres"));

const rulesOf = (definition: ReturnType<typeof definitionOf>): unknown => JSON.parse(definition.environment.REPLICATION_RULES ?? "");

const existing = (keyArn?: string) => {
  const objects = JSON.parse(committed("prod").objects ?? "{}");
  return { objects: JSON.stringify({ ...objects, existing: { bucket: "company-documents", keyArn } }) };
};

describe("the comparison of the documents", () => {
  test("asks for S3's metrics by the rules' own names: in a bucket that existed they bear Lifeboat's mark", () => {
    const destinations = ["acme-documents-123456789012-eu-west-1", "acme-documents-vault-123456789012-eu-west-1"];

    expect(rulesOf(definitionOf())).toEqual([
      { rule: "live-ready", destination: destinations[0] },
      { rule: "locked", destination: destinations[1] },
    ]);
    expect(rulesOf(definitionOf(existing()))).toEqual([
      { rule: "lifeboat-acme.live-ready", destination: destinations[0] },
      { rule: "lifeboat-acme.locked", destination: destinations[1] },
    ]);
  });

  test("reads a bucket that existed under that bucket's own key, and no other key of the primary region", () => {
    const keysOf = (definition: ReturnType<typeof definitionOf>) =>
      definition.statements.filter(({ actions }) => actions.includes("kms:Decrypt")).flatMap(({ resources }) => resources);

    expect(keysOf(definitionOf(existing(KEY)))).toEqual([KEY, "arn:aws:kms:eu-west-1:123456789012:key/*"]);
  });

  test("waits as long as the objective's alarm does before it finds anything pending, and knows no reports where there are none", () => {
    const without = definitionOf({ documents: JSON.stringify({ inventory: "off" }) });

    expect(without.environment.LAG_SECONDS).toBe(String(readProd(committed("prod")).objects.alarmAt));
    expect(JSON.stringify(without)).not.toContain("acme-reports");
    expect(JSON.stringify(definitionOf(existing()))).not.toContain("acme-reports");
  });
});
