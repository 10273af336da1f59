import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { parseEnvironment } from "../../../../lambdas/shared/environment";
import { jsonFileOf } from "../../../../lambdas/shared/json";

const SHAPE = { SETTINGS_FILE: jsonFileOf(z.object({ names: z.array(z.string()) })) };

describe("settings in a file beside the code", () => {
  const before = { ...process.env };
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "lifeboat-settings-"));
    writeFileSync(join(folder, "settings.json"), '{"names":["a"]}');
    writeFileSync(join(folder, "broken.json"), '{"names":["a"');
    writeFileSync(join(folder, "other.json"), '{"names":[1]}');
  });
  beforeEach(() => {
    process.env = { ...before, LAMBDA_TASK_ROOT: folder };
  });
  afterAll(() => {
    process.env = before;
    rmSync(folder, { recursive: true });
  });

  test("are read from where the function's code is", () => {
    expect(parseEnvironment(SHAPE, { SETTINGS_FILE: "settings.json" })).toEqual({ SETTINGS_FILE: { names: ["a"] } });
  });

  test.each([
    ["absent.json", /SETTINGS_FILE: .*ENOENT/],
    ["broken.json", /SETTINGS_FILE: not JSON/],
    ["other.json", /SETTINGS_FILE.names.0: /],
  ])("%s is refused with what is wrong with it", (file, problem) => {
    expect(() => parseEnvironment(SHAPE, { SETTINGS_FILE: file })).toThrow(problem);
  });
});
