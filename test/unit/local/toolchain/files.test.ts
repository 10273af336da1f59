import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../../local/process";
import { writeLauncher } from "../../../../local/toolchain/files";

const root = mkdtempSync(join(tmpdir(), "lifeboat-tools-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a launcher runs its script with the arguments, whatever is in its path", async () => {
  const directory = join(root, "it's a directory");
  mkdirSync(directory);
  const script = join(directory, "main.cjs");
  writeFileSync(script, "console.log(process.argv[2], process.env.LIFEBOAT_PARENT_PID === String(process.ppid))");

  await writeLauncher(join(directory, "launch"), process.execPath, script);
  const result = await run({ command: join(directory, "launch"), args: ["127.0.0.1:1"] });

  expect(result.stdout).toBe("127.0.0.1:1 true\n");
});
