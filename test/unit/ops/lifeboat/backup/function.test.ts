import { LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import { functionStarter } from "../../../../../ops/lifeboat/backup/function";

const starterFor = (answer: () => Promise<unknown>) => {
  const client = Object.assign(new LambdaClient({ region: "us-east-1" }), { send: answer });
  return functionStarter(client, "configuration", "acme-configuration-export");
};
const payload = (value: unknown) => Buffer.from(JSON.stringify(value));

describe("a function as the way of a store", () => {
  test("has succeeded when it answers", async () => {
    const run = await starterFor(async () => ({ Payload: payload({ subjects: [] }) })).start();

    expect(run?.name).toBe("acme-configuration-export");
    expect(await run?.state()).toEqual({ kind: "succeeded" });
  });

  test("has failed with what it threw", async () => {
    const run = await starterFor(async () => ({
      FunctionError: "Unhandled",
      Payload: payload({ errorMessage: "[short-export] 1 of 2" }),
    })).start();

    expect(await run?.state()).toEqual({ kind: "failed", reason: "[short-export] 1 of 2" });
  });

  test("has failed when it could not be called", async () => {
    const run = await starterFor(() => Promise.reject(new Error("AccessDenied"))).start();

    expect(await run?.state()).toEqual({ kind: "failed", reason: "AccessDenied" });
  });

  test("is none where there is no such function", async () => {
    const missing = new ResourceNotFoundException({ message: "no function", $metadata: {} });

    expect(await starterFor(() => Promise.reject(missing)).start()).toBeUndefined();
  });

  test("runs while it has not answered", async () => {
    let finish: (answer: unknown) => void = () => undefined;
    const run = await starterFor(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    ).start();
    expect(await run?.state()).toEqual({ kind: "running", detail: "exporting" });

    finish({});
    await new Promise((resolve) => setImmediate(resolve));

    expect(await run?.state()).toEqual({ kind: "succeeded" });
  });
});
