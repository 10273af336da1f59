import fc from "fast-check";
import { createDelayLine, type DelayLine } from "../../../../../../local/rds/postgres/replica/delay-line";

interface Delivered {
  readonly text: string;
  readonly at: number;
}

/** A line with a clock that moves when it is told to. */
const lineAt = (takes: () => boolean = () => true) => {
  let time = 0;
  let due: { readonly work: () => void; readonly at: number } | undefined;
  const delivered: Delivered[] = [];
  const line: DelayLine = createDelayLine({
    deliver: (chunk) => {
      delivered.push({ text: chunk.toString(), at: time });
      return takes();
    },
    now: () => time,
    schedule: (work, delayMs) => {
      due = { work, at: time + delayMs };
      return () => {
        due = undefined;
      };
    },
  });
  return {
    line,
    delivered,
    advanceTo: (to: number): void => {
      while (due !== undefined && due.at <= to) {
        const { work, at } = due;
        due = undefined;
        time = at;
        work();
      }
      time = to;
    },
  };
};

describe("Bytes under way", () => {
  test("are delivered in order, each when its delay is over and not before, whatever the delays are", () => {
    const puts = fc.array(fc.record({ afterMs: fc.nat(50), delayMs: fc.nat(100) }), { maxLength: 30 });
    fc.assert(
      fc.property(puts, (given) => {
        const { line, delivered, advanceTo } = lineAt();
        let now = 0;
        let latest = 0;
        const expected = given.map(({ afterMs, delayMs }, n) => {
          now += afterMs;
          advanceTo(now);
          line.put(Buffer.from(String(n)), delayMs);
          latest = Math.max(latest, now + delayMs);
          return { text: String(n), at: latest };
        });
        advanceTo(now + 1_000);

        expect(delivered).toEqual(expected);
        expect(line.bytes).toBe(0);
      }),
    );
  });

  test("wait while the other side takes no more, and are counted", () => {
    let takes = false;
    const { line, delivered, advanceTo } = lineAt(() => takes);
    for (const text of ["one", "two", "three"]) line.put(Buffer.from(text), 10);
    advanceTo(100);
    const whileFull = [...delivered];
    const bytes = line.bytes;
    takes = true;
    line.release();

    expect(whileFull).toEqual([{ text: "one", at: 10 }]);
    expect(bytes).toBe("twothree".length);
    expect(delivered.map(({ text }) => text)).toEqual(["one", "two", "three"]);
  });

  test("are lost when the line ends", () => {
    const { line, delivered, advanceTo } = lineAt();
    line.put(Buffer.from("arrives"), 10);
    line.put(Buffer.from("is under way"), 20);
    advanceTo(10);
    line.end();
    line.put(Buffer.from("too late"), 0);
    line.release();
    advanceTo(1_000);

    expect(delivered.map(({ text }) => text)).toEqual(["arrives"]);
    expect(line.bytes).toBe(0);
  });
});
