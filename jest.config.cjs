/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  transform: {
    "^.+\\.(ts|js|mjs)$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } }],
  },
  transformIgnorePatterns: [
    "/node_modules/(?!(hyparquet|hyparquet-writer|@kubernetes/client-node|jose|openid-client|oauth4webapi|jsonpath-plus|socks-proxy-agent|agent-base)/)",
  ],
  reporters: ["default", "<rootDir>/test/support/reporter.cjs"],
  testSequencer: "<rootDir>/test/support/sequencer.cjs",
  testTimeout: 60_000,
  maxWorkers: 2,
};
