/**
 * Ends a run with one plain line, alone, for whoever reads results by machine: `12 passed, 1 failed`, with `, 2 skipped` when there are
 * any. A suite that could not run counts as a failure: its tests are unknown, and none of them passed.
 */
class PlainLineReporter {
  onRunComplete(_contexts, results) {
    // Jest adds its own summary after every other reporter, so the line waits for the end. Writing to a pipe or a file is synchronous.
    // https://nodejs.org/api/process.html#a-note-on-process-io
    process.once("exit", () => process.stdout.write(`\n${plainLine(results)}\n`));
  }
}

const plainLine = ({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) => {
  const brokenSuites = testResults.filter(({ testExecError }) => testExecError !== undefined && testExecError !== null).length;
  const skipped = numPendingTests + numTodoTests;
  return `${numPassedTests} passed, ${numFailedTests + brokenSuites} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
};

module.exports = PlainLineReporter;
