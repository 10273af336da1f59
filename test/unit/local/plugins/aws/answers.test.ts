import { asWritten, inOrder, unlessEmpty } from "../../../../../local/plugins/aws/answers";

describe("AWS's answer beside what the program wrote", () => {
  test("a JSON document that AWS only wrote anew stays as written; a changed one shows", () => {
    const state = { policy: '{ "Version": "2012-10-17", "Statement": [] }' };

    expect(asWritten(state, "policy", '{"Statement":[],"Version":"2012-10-17"}')).toBe(state.policy);
    expect(asWritten(state, "policy", '{"Statement":[{}]}')).toBe('{"Statement":[{}]}');
    expect(asWritten({}, "policy", "{}")).toBe("{}");
    expect(asWritten(state, "policy", undefined)).toBeUndefined();
  });

  test("a set stays in the order written while its members are the same", () => {
    const state = { subnetIds: ["b", "a"] };

    expect(inOrder(state, "subnetIds", ["a", "b"])).toBe(state.subnetIds);
    expect(inOrder(state, "subnetIds", ["a", "c"])).toEqual(["a", "c"]);
    expect(inOrder({}, "subnetIds", [])).toBeUndefined();
  });

  test("what is empty counts as not set, unless the program set it so", () => {
    expect(unlessEmpty({}, "description", "")).toBeUndefined();
    expect(unlessEmpty({ description: "" }, "description", "")).toBe("");
    expect(unlessEmpty({ description: "one" }, "description", "")).toBeUndefined();
    expect(unlessEmpty({ description: "one" }, "description", "two")).toBe("two");
  });
});
