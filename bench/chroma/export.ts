import { join } from "node:path";
import { run } from "../../local/process";
import type { ExportRun } from "./export-main";

const ENTRY = join(__dirname, "export-main.ts");

export const exportInProcess = async (url: string, directory: string): Promise<ExportRun> => {
  const { code, stdout, stderr } = await run({ command: process.execPath, args: ["--import", "tsx", ENTRY, url, directory] });
  if (code !== 0) throw new Error(`the export ended with code ${code}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
};
