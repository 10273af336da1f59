import { messageOf } from "../recovery/errors";
import { type Bench, openBed } from "./bed";
import { chroma } from "./chroma";
import { dump } from "./dump";
import { type BenchOptions, parseBenchOptions } from "./options";
import { pitr } from "./pitr";
import { jsonOf, type Report } from "./report";
import { tableOf } from "./table";

/** Each measures two things in one run: what counts is their ratio, because absolute seconds differ from machine to machine. */
const benches: Readonly<Record<string, Bench>> = { chroma, dump, pitr };

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The targets are goals on a quiet machine: whether they were met is said, and only a bench that failed is a failure. */
const main = async (args: readonly string[]): Promise<number> => {
  const options = parseBenchOptions(args, Object.keys(benches));
  let report: Report = {};
  let failed = 0;
  for (const name of options.names) {
    try {
      report = { ...report, ...(await runOne(name, options)) };
    } catch (thrown) {
      failed += 1;
      say(`${name} failed: ${messageOf(thrown)}`);
    }
  }
  console.log(options.json ? jsonOf(report) : tableOf(report));
  return failed === 0 ? 0 : 1;
};

const runOne = async (name: string, options: BenchOptions): Promise<Report> => {
  const bed = await openBed(name, options, (line) => say(`${name}: ${line}`));
  try {
    return (await benches[name]?.(bed)) ?? {};
  } finally {
    await bed.close();
  }
};

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    console.error(messageOf(thrown));
    process.exit(2);
  },
);
