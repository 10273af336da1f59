import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { quoted, shellLines } from "../../../../ops/local/shell";

/** What a shell makes of the lines, then of `script`. */
const shell = (lines: string, script: string, environment: NodeJS.ProcessEnv = {}): string => {
  const { stdout, stderr, status } = spawnSync("/bin/sh", ["-c", `eval "$LINES_TO_APPLY"; ${script}`], {
    env: { PATH: "/usr/bin:/bin", ...environment, LINES_TO_APPLY: lines },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
};

const changes = { set: {}, unset: [], path: { before: ["/a b/bin"], after: ["/pg/bin"] } };

describe("the lines for a shell", () => {
  test("a shell reads back every text, whatever is in it", () => {
    // The system's calls end a text at NUL.
    const text = fc.string({ unit: "grapheme" }).map((any) => any.replaceAll("\0", ""));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (values) => {
        const set = Object.fromEntries(values.map((value, index) => [`V${index}`, value]));

        const read = shell(shellLines({ ...changes, set }), values.map((_, index) => `printf '%s\\036' "$V${index}"`).join("; "));

        expect(read.split("\x1e").slice(0, -1)).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });

  test.each(["$(id)", "`id`", "it's", "a\nb", "-n", "\\", '"', "!", "~", "*"])("%j is a word", (text) => {
    expect(shell("", `printf %s ${quoted(text)}`)).toBe(text);
  });

  test("applied twice, they put the directories on the PATH once: before and after a person's own", () => {
    const lines = shellLines(changes);

    const read = shell(lines, `eval "$LINES_TO_APPLY"; printf %s "$PATH"`, { PATH: "/usr/bin:/bin:/with space" });

    expect(read).toBe("/a b/bin:/usr/bin:/bin:/with space:/pg/bin");
  });

  test("they take away what must not leak in", () => {
    const lines = shellLines({ ...changes, unset: ["AWS_PROFILE"] });

    expect(shell(lines, `printf %s "\${AWS_PROFILE-gone}"`, { AWS_PROFILE: "mine" })).toBe("gone");
  });
});
