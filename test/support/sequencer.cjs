/**
 * The longest suites first, so that none of them begins when all others have ended: drills, then what deploys the program, then the rest by size.
 * jest's own order knows how long each took the last time, which a fresh clone does not.
 */
const FIRST = [
  "test/drill/",
  "test/integration/program.test.ts",
  "test/integration/existing-systems.test.ts",
  "test/integration/local-command.test.ts",
  "test/integration/rds-",
  "test/conformance/plugins/engine-cli.test.ts",
  "test/infra/prod/",
];

const rankOf = (path) => {
  const rank = FIRST.findIndex((part) => path.includes(part));
  return rank === -1 ? FIRST.length : rank;
};

module.exports = class LongestFirst {
  sort(tests) {
    const { statSync } = require("node:fs");
    const sizes = new Map(tests.map(({ path }) => [path, statSync(path).size]));
    return [...tests].sort((a, b) => rankOf(a.path) - rankOf(b.path) || sizes.get(b.path) - sizes.get(a.path));
  }
  allFailedTests(tests) {
    return tests;
  }
  cacheResults() {}
};
