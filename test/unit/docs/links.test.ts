import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { UNATTENDED_RECOVERY_FUNCTIONS } from "../../../infra/components/watching/alarms";

const CHECKOUT = resolve(__dirname, "..", "..", "..");

const pages = [
  join(CHECKOUT, "README.md"),
  ...readdirSync(join(CHECKOUT, "docs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => join(entry.parentPath, entry.name)),
];

/** Targets of Markdown links, but for addresses and places in the page itself. */
const linksOf = (text: string): readonly string[] =>
  [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, target]) =>
    target === undefined || /^[a-z]+:/.test(target) ? [] : [target],
  );

test("no link between pages is broken", () => {
  const broken = pages.flatMap((page) =>
    linksOf(readFileSync(page, "utf8"))
      .filter((target) => !existsSync(resolve(dirname(page), target)))
      .map((target) => `${relative(CHECKOUT, page)}: ${target}`),
  );

  expect(pages.length).toBeGreaterThan(8);
  expect(broken).toEqual([]);
});

test("paths of the checkout that pages name in code exist", () => {
  const folders = /^(infra|lambdas|recovery|ops|local|test|docs)\/[\w./-]+$/;
  const missing = pages.flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(/`([^`\n]+)`/g)]
      .flatMap(([, code]) => (code !== undefined && folders.test(code) ? [code] : []))
      .filter((path) => !existsSync(join(CHECKOUT, path)))
      .map((path) => `${relative(CHECKOUT, page)}: ${path}`),
  );

  expect(missing).toEqual([]);
});

test("the pages that alarms link to exist, and the functions' page knows every function that pages", () => {
  const alarms = readFileSync(join(CHECKOUT, "infra", "components", "watching", "alarms.ts"), "utf8");
  const linked = [...alarms.matchAll(/\}\/([\w-]+\.md)/g)].map(([, name]) => name ?? "");
  const functions = readFileSync(join(CHECKOUT, "docs", "runbooks", "function-errors.md"), "utf8");

  expect(linked.sort()).toEqual(["function-errors.md", "refused-point.md", "region-loss.md", "replication-stopped.md"]);
  expect(linked.filter((name) => !existsSync(join(CHECKOUT, "docs", "runbooks", name)))).toEqual([]);
  expect(UNATTENDED_RECOVERY_FUNCTIONS.filter((name) => !functions.includes(`## ${name}`))).toEqual([]);
});
