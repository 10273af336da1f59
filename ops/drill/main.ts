import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { terminalProgress } from "../../local/progress";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { parseDrillOptions } from "./options";
import { evidenceJson, renderReport } from "./report";
import { runDrill } from "./run";

const PROJECT = resolve(__dirname, "..", "..");

/** 0 recovered, 1 not recovered or an error, 130 interrupted. */
const main = async (): Promise<number> => {
  const options = parseDrillOptions(process.argv.slice(2));
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      process.stderr.write("\nInterrupted: stopping what was started\n");
      interrupt.abort(new LifeboatError({ code: "interrupted", what: "The drill was interrupted", hint: "Start it again: npm run drill" }));
    });
  const startedAt = new Date();
  const runDir = join(PROJECT, ".lifeboat", "drills", startedAt.toISOString().replace(/[:.]/g, "-"));
  await mkdir(runDir, { recursive: true });
  const evidence = await runDrill({
    options,
    progress: terminalProgress(process.stderr, Date.now),
    projectDir: PROJECT,
    runDir,
    signal: interrupt.signal,
    now: () => new Date(),
    random: Math.random,
  });
  const out = resolve(options.out ?? runDir);
  await mkdir(out, { recursive: true });
  const file = join(out, "evidence.json");
  await writeFile(file, evidenceJson(evidence));
  process.stdout.write(options.json ? evidenceJson(evidence) : `\n${renderReport(evidence)}\n\nEvidence: ${file}\n`);
  return evidence.verdict === "recovered" ? 0 : 1;
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = error instanceof LifeboatError && error.code === "interrupted" ? 130 : 1;
  },
);
