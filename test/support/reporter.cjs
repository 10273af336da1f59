const { existsSync, readFileSync, writeFileSync } = require("node:fs");

/**
 * Ends a run with one plain line, alone, for whoever reads results by machine: `12 passed, 1 failed`, with `, 2 skipped` when there are
 * any. A suite that could not run counts as a failure: its tests are unknown, and none of them passed. Runs that are given the same file in
 * LIFEBOAT_TEST_TOTALS add up: the line of each counts those before it too.
 */
class PlainLineReporter {
  onRunComplete(_contexts, results) {
    // Jest adds its own summary after every other reporter, so the line waits for the end. Writing to a pipe or a file is synchronous.
    // https://nodejs.org/api/process.html#a-note-on-process-io
    process.once("exit", () => process.stdout.write(`\n${plainLine(addUp(countsOf(results)))}\n`));
  }
}

const countsOf = ({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) => {
  const brokenSuites = testResults.filter(({ testExecError }) => testExecError !== undefined && testExecError !== null).length;
  return { passed: numPassedTests, failed: numFailedTests + brokenSuites, skipped: numPendingTests + numTodoTests };
};

const addUp = (counts) => {
  const file = process.env.LIFEBOAT_TEST_TOTALS;
  if (file === undefined) return counts;
  const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { passed: 0, failed: 0, skipped: 0 };
  const total = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count + before[name]]));
  writeFileSync(file, JSON.stringify(total));
  return total;
};

const plainLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;

module.exports = PlainLineReporter;
