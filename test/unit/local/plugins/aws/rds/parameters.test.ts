import fc from "fast-check";
import { parameterChanges, parametersRead } from "../../../../../../local/plugins/aws/rds/parameters";

const forced = { name: "rds.force_ssl", value: "1", applyMethod: "immediate" };
const timestamps = { name: "track_commit_timestamp", value: "1", applyMethod: "pending-reboot" };
const named = ({ ParameterName }: { readonly ParameterName?: string }) => ParameterName;

describe("changes of a group's parameters", () => {
  test("are set apart by their method, and only those that changed", () => {
    const { modify, reset } = parameterChanges(
      { parameters: [forced] },
      { parameters: [forced, timestamps, { ...forced, name: "work_mem" }] },
    );

    expect(modify.map((chunk) => chunk.map(named))).toEqual([["work_mem"], ["track_commit_timestamp"]]);
    expect(reset).toEqual([]);
  });

  test("reset what the program no longer names", () => {
    const { modify, reset } = parameterChanges({ parameters: [forced, timestamps] }, {});

    expect(modify).toEqual([]);
    expect(reset.flat().map(named)).toEqual(["rds.force_ssl", "track_commit_timestamp"]);
  });

  test("are none for the same set in another order", () => {
    expect(parameterChanges({ parameters: [forced, timestamps] }, { parameters: [timestamps, forced] })).toEqual({ modify: [], reset: [] });
  });

  test("go out in calls of 20 at most, each parameter once", () => {
    const parameter = fc.record({
      name: fc.integer({ min: 0, max: 200 }).map((number) => `p${number}`),
      value: fc.constantFrom("0", "1"),
      applyMethod: fc.constantFrom("immediate", "pending-reboot"),
    });
    const set = fc.uniqueArray(parameter, { selector: ({ name }) => name, maxLength: 90 });
    fc.assert(
      fc.property(set, set, (olds, news) => {
        const { modify, reset } = parameterChanges({ parameters: olds }, { parameters: news });

        for (const chunk of [...modify, ...reset]) {
          expect(chunk.length).toBeGreaterThan(0);
          expect(chunk.length).toBeLessThanOrEqual(20);
        }
        const touched = [...modify, ...reset].flat().map(named);
        expect(new Set(touched).size).toBe(touched.length);
      }),
    );
  });
});

describe("parameters as RDS lists them", () => {
  const listed = [
    { ParameterName: "rds.force_ssl", ParameterValue: "1", Source: "system", ApplyMethod: "pending-reboot" as const },
    { ParameterName: "shared_buffers", ParameterValue: "1024", Source: "engine-default", ApplyMethod: "pending-reboot" as const },
    { ParameterName: "track_commit_timestamp", ParameterValue: "1", Source: "user", ApplyMethod: "pending-reboot" as const },
  ];

  test("are those that the program names, in its order, also where they have their default", () => {
    expect(parametersRead(listed, { parameters: [timestamps, forced] })).toEqual([timestamps, forced]);
  });

  test("are those that somebody set, too", () => {
    expect(parametersRead(listed, { parameters: [forced] })).toEqual([forced, timestamps]);
    expect(parametersRead(listed, {})).toEqual([timestamps]);
  });

  test("show another value", () => {
    expect(parametersRead(listed, { parameters: [{ ...forced, value: "0" }] })).toContainEqual({
      ...forced,
      applyMethod: "pending-reboot",
    });
  });
});
