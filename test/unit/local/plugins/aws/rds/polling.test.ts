import fc from "fast-check";
import { until } from "../../../../../../local/plugins/aws/rds/polling";

const recorded = () => {
  const pauses: number[] = [];
  return { pauses, wait: async (milliseconds: number) => void pauses.push(milliseconds) };
};

const answeringAfter = (probes: number) => {
  let made = 0;
  return async (): Promise<number | undefined> => {
    made += 1;
    return made > probes ? made : undefined;
  };
};

describe("waiting", () => {
  test("what is there at once is not waited for", async () => {
    const { pauses, wait } = recorded();

    await expect(until(answeringAfter(0), { timeoutSeconds: 60, wait })).resolves.toBe(1);
    expect(pauses).toEqual([]);
  });

  test("is in steps of a second at first, and never of more than ten", async () => {
    const { pauses, wait } = recorded();

    await until(answeringAfter(200), { timeoutSeconds: 3_600, wait });

    expect(pauses.slice(0, 10)).toEqual(Array(10).fill(1_000));
    expect(pauses.at(-1)).toBe(10_000);
  });

  test("sees an end within a tenth of the time that it took, or a second", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 600 }), async (endSeconds) => {
        let clockMilliseconds = 0;
        const wait = async (milliseconds: number) => {
          clockMilliseconds += milliseconds;
        };

        await until(async () => (clockMilliseconds >= endSeconds * 1_000 ? true : undefined), { timeoutSeconds: 3_600, wait });

        expect(clockMilliseconds - endSeconds * 1_000).toBeLessThanOrEqual(Math.max(1_000, endSeconds * 100));
      }),
    );
  });

  test("ends after the timeout, with a last look", async () => {
    let probes = 0;
    const { pauses, wait } = recorded();
    const probe = async (): Promise<undefined> => {
      probes += 1;
    };

    await expect(until(probe, { timeoutSeconds: 3, wait })).resolves.toBeUndefined();
    expect(pauses).toEqual([1_000, 1_000, 1_000]);
    expect(probes).toBe(4);
  });

  test("ends when the engine cancels", async () => {
    await expect(until(answeringAfter(99), { timeoutSeconds: 60, signal: AbortSignal.timeout(10) })).rejects.toThrow(/abort/i);
  });
});
