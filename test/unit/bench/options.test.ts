import { parseBenchOptions } from "../../../bench/options";

const KNOWN = ["chroma", "dump"];

test("every bench runs at its full size when nothing is said", () => {
  expect(parseBenchOptions([], KNOWN)).toEqual({ names: KNOWN, json: false, records: 50_000, databaseMb: 2150, rounds: 3 });
});

test("names, sizes and JSON as asked for", () => {
  const options = parseBenchOptions(["dump", "--json", "--records", "2000", "--database-mb=20", "--rounds", "1"], KNOWN);
  expect(options).toEqual({ names: ["dump"], json: true, records: 2000, databaseMb: 20, rounds: 1 });
});

test.each([
  [["drill"], /There is no such bench.*drill/],
  [["--records", "0"], /--records is no number of 1 or more.*0/],
  [["--records", "many"], /many/],
  [["--rounds", "-1"], /rounds/],
  [["--fast"], /--fast/],
])("%j is refused with what is allowed", (args, expected) => {
  expect(() => parseBenchOptions(args, KNOWN)).toThrow(expected);
  expect(() => parseBenchOptions(args, KNOWN)).toThrow(/npm run bench -- \[chroma \| dump\]/);
});
