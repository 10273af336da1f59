import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configurationReference } from "../../../docs/generate";

const DOCS = join(__dirname, "..", "..", "..", "docs");

test("docs/configuration.md is what the schemas say: npm run docs makes it anew", () => {
  expect(readFileSync(join(DOCS, "configuration.md"), "utf8")).toBe(configurationReference());
});

test("every value has a meaning", () => {
  const rows = configurationReference()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const meaningless = rows.filter((row) => row.endsWith("|  |"));

  expect(rows.length).toBeGreaterThan(50);
  expect(meaningless).toEqual([]);
});
