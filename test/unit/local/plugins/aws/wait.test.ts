import { whenRoleIsKnown } from "../../../../../local/plugins/aws/lambda/wait";

const refusing = (times: number, message: string) => {
  let calls = 0;
  return async (): Promise<number> => {
    calls += 1;
    if (calls <= times) throw new Error(message);
    return calls;
  };
};

describe("a call that needs a new role", () => {
  test("is made again while the role is not known yet", async () => {
    const call = refusing(2, "The role defined for the function cannot be assumed by Lambda.");

    await expect(whenRoleIsKnown(call, undefined, 1)).resolves.toBe(3);
  });

  test("fails at once for any other reason", async () => {
    const call = refusing(1, "Value 'nodejs1.x' at 'runtime' failed to satisfy constraint");

    await expect(whenRoleIsKnown(call, undefined, 1)).rejects.toThrow("runtime");
  });

  test("stops when the engine cancels", async () => {
    const call = refusing(1_000, "cannot be assumed by Lambda");

    await expect(whenRoleIsKnown(call, AbortSignal.timeout(20), 5)).rejects.toThrow(/abort/i);
  });
});
