import fc from "fast-check";
import { BAR_WIDTH, secondsText, table, timelineBar, wrapped } from "../../../../ops/drill/tables";

describe("timelineBar", () => {
  const phases = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 8 });

  test("fills its width, and shows whatever took time", () => {
    fc.assert(
      fc.property(phases, (seconds) => {
        const total = seconds.reduce((sum, length) => sum + length, 0);
        let start = 0;
        for (const length of seconds) {
          const bar = timelineBar(start, length, total);
          expect(bar).toHaveLength(BAR_WIDTH);
          expect(bar).toMatch(/^ *█* *$/);
          if (length > 0) expect(bar).toContain("█");
          start += length;
        }
      }),
    );
  });

  test("stands where its time is", () => {
    expect(timelineBar(0, 5, 10, 10)).toBe("█████     ");
    expect(timelineBar(5, 5, 10, 10)).toBe("     █████");
    expect(timelineBar(10, 0, 10, 10)).toBe("          ");
    expect(timelineBar(0, 0, 0, 10)).toBe("          ");
  });
});

test("wrapped keeps every word, within the width where words allow", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (words) => {
      const lines = wrapped(words.join(" "), 20).split("\n");
      expect(lines.join(" ")).toBe(words.join(" "));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(20);
    }),
  );
});

test("a table has its head and cells, and no colours", () => {
  const drawn = table(["name", "n"], [["a", 1]], [1]);
  expect(drawn).toMatch(/name/);
  expect(drawn).toMatch(/a.*1/);
  expect(drawn).not.toContain("\u001b");
});

test("secondsText has one decimal", () => {
  expect(secondsText(1.25)).toBe("1.3 s");
  expect(secondsText(0)).toBe("0.0 s");
});
