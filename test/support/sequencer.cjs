/**
 * The longest suites first, so that none of them begins when all others have ended: what deploys the program, drills among it, then the rest by size.
 * jest's own order knows how long each took the last time, which a fresh clone does not.
 */
const FIRST = [
  "test/drill/faults/late.test.ts",
  "test/drill/drill.test.ts",
  "test/integration/program.test.ts",
  "test/drill/faults/planted.test.ts",
  "test/drill/faults/hardware-failure.test.ts",
  "test/integration/existing-systems.test.ts",
  "test/integration/local-command.test.ts",
  "test/drill/",
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
