import fc from "fast-check";
import { createSerial } from "../../../../../../local/rds/postgres/standby/serial";

test("no two pieces of work overlap, they run in the order in which they came, and a failure is its caller's alone", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.boolean(), { maxLength: 10 }), async (scheduler, fails) => {
      const serial = createSerial();
      const steps: string[] = [];
      const works = fails.map((fail, at) =>
        serial(async () => {
          steps.push(`begin ${at}`);
          await scheduler.schedule(Promise.resolve());
          steps.push(`end ${at}`);
          if (fail) throw new Error(`${at}`);
          return at;
        }),
      );
      const outcomes = Promise.allSettled(works);
      await scheduler.waitFor(outcomes);

      expect((await outcomes).map(({ status }) => status === "rejected")).toEqual(fails);
      expect(steps).toEqual(fails.flatMap((_, at) => [`begin ${at}`, `end ${at}`]));
    }),
  );
});
