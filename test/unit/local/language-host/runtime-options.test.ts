import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { runtimeOptions, splitWords } from "../../../../local/language-host/runtime-options";

test("compiles TypeScript unless it is told otherwise, as the official host does", () => {
  expect(runtimeOptions(undefined)).toEqual({ typescript: true, nodeArgs: [] });
  expect(runtimeOptions(Struct.fromJavaScript({ typescript: false, nodeargs: "--import=tsx", packagemanager: "npm" }))).toEqual({
    typescript: false,
    nodeArgs: ["--import=tsx"],
  });
});

test.each([
  [{ bundler: "webpack" }, /"bundler".*Received: "webpack"/],
  [{ typescript: "no" }, /"typescript".*Received: "no"/],
  [{ nodeargs: 3 }, /"nodeargs".*Received: 3/],
])("refuses what it cannot honour: %j", (options, message) => {
  expect(() => runtimeOptions(Struct.fromJavaScript(options))).toThrow(message);
});

test.each([
  ["", []],
  ["  --a   --b=c ", ["--a", "--b=c"]],
  [`--title="two words" 'three whole words'`, ["--title=two words", "three whole words"]],
])("splits %j as a shell does", (line, words) => {
  expect(splitWords(line)).toEqual(words);
});
