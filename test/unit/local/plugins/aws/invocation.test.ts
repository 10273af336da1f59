import { payloadOf } from "../../../../../local/plugins/aws/lambda/invocation";

describe("an invocation's payload", () => {
  test("is the input itself in scope CREATE_ONLY", () => {
    const inputs = { functionName: "resolve", input: '{"mode":"drill"}', lifecycleScope: "CREATE_ONLY" };

    expect(payloadOf(inputs, "create", undefined)).toBe('{"mode":"drill"}');
  });

  test("says in scope CRUD what happens and what was before", () => {
    const olds = { functionName: "expire", input: '{"mode":"drill"}', lifecycleScope: "CRUD", terraformKey: "tf" };
    const news = { ...olds, input: '{"mode":"failover"}' };

    expect(JSON.parse(payloadOf(olds, "create", undefined))).toEqual({ mode: "drill", tf: { action: "create", prev_input: null } });
    expect(JSON.parse(payloadOf(news, "update", olds))).toEqual({
      mode: "failover",
      tf: { action: "update", prev_input: { mode: "drill" } },
    });
    expect(JSON.parse(payloadOf(news, "delete", news))).toEqual({
      mode: "failover",
      tf: { action: "delete", prev_input: { mode: "failover" } },
    });
  });

  test("must be an object in scope CRUD", () => {
    const inputs = { functionName: "expire", input: "[1]", lifecycleScope: "CRUD" };

    expect(() => payloadOf(inputs, "create", undefined)).toThrow(/no JSON object.*Hint: Give an object/);
  });
});
