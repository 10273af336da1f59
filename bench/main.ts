import { messageOf } from "../recovery/errors";
import { openBed } from "./bed";
import { pitr } from "./pitr";
import type { Bench, Report } from "./report";

/** Each measures two things in one run: what counts is their ratio, because absolute seconds differ from machine to machine. */
const benches: Readonly<Record<string, Bench>> = { pitr };

const usage = `Usage: npm run bench -- NAME [--json]\n  NAME: ${Object.keys(benches).join(", ")}`;

const main = async (args: readonly string[]): Promise<number> => {
  const json = args.includes("--json");
  const [name = "", ...rest] = args.filter((each) => each !== "--json");
  const bench = benches[name];
  if (bench === undefined || rest.length > 0) {
    console.error(`There is no bench ${JSON.stringify([name, ...rest].join(" "))}\n${usage}`);
    return 2;
  }
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const bed = await openBed(name, say);
  try {
    const report = await bench(bed);
    console.log(json ? JSON.stringify({ bench: name, ...report }) : textOf(report));
    return 0;
  } finally {
    await bed.close();
  }
};

const textOf = (report: Report): string =>
  Object.entries(report)
    .map(([name, { sentence, target, met }]) => `${name}: ${sentence} (target: ${target}, ${met ? "met" : "NOT met"})`)
    .join("\n");

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    console.error(messageOf(thrown));
    process.exit(1);
  },
);
