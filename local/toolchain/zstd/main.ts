import { messageOf } from "../../../recovery/errors";
import { readArguments } from "./arguments";
import { compressed } from "./compress";

const main = async (): Promise<void> => {
  await compressed(readArguments(process.argv.slice(2)), process.stdin, process.stdout);
};

main().catch((thrown: unknown) => {
  process.stderr.write(`zstd: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
