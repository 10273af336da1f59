import { type Call, jsonOverHttp } from "../../../../lambdas/chroma/http";
import type { Send } from "../../../../lambdas/chroma/send";

const URL = "http://chroma.example";
const READ: Call = { method: "GET", path: "/x", repeatable: true };

/** Answers in turn: a status, or a refused connection. */
const server = (answers: readonly (number | "refused")[]) => {
  const pauses: number[] = [];
  let calls = 0;
  const send: Send = async () => {
    const answer = answers[Math.min(calls, answers.length - 1)] ?? 200;
    calls += 1;
    if (answer === "refused") throw new Error("no answer", { cause: new Error("connect ECONNREFUSED") });
    return { status: answer, body: Buffer.from(`{"status":${answer}}`) };
  };
  const call = jsonOverHttp(URL, { send, sleep: async (milliseconds) => void pauses.push(milliseconds) });
  return { call, pauses, calls: () => calls };
};

describe("calls to the server", () => {
  test("a refused connection and a 503 are repeated, with growing pauses", async () => {
    const { call, pauses } = server(["refused", 503, 200]);

    const answer = await call(READ);

    expect(answer.status).toBe(200);
    expect(pauses).toEqual([250, 500]);
  });

  test("repetition ends, and says what it received", async () => {
    const { call, calls } = server(["refused"]);

    await expect(call(READ)).rejects.toThrow(/store-unavailable.*GET \/x.*no answer \(connect ECONNREFUSED\)/);

    expect(calls()).toBe(6);
  });

  test("a call that may not be made twice is made once", async () => {
    const { call, calls } = server([503]);

    await expect(call({ ...READ, repeatable: false })).rejects.toThrow(/HTTP 503/);

    expect(calls()).toBe(1);
  });

  test("a 4xx is not repeated, and is an answer where it is awaited", async () => {
    const { call, calls } = server([404]);

    await expect(call(READ)).rejects.toThrow(/HTTP 404/);

    expect(calls()).toBe(1);
    expect((await call({ ...READ, accept: [404] })).status).toBe(404);
  });
});
