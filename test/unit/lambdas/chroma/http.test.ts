import { type Call, jsonOverHttp } from "../../../../lambdas/chroma/http";

const URL = "http://chroma.example";
const READ: Call = { method: "GET", path: "/x", repeatable: true };

/** Answers in turn: a status, or a refused connection. */
const server = (answers: readonly (number | "refused")[]) => {
  const pauses: number[] = [];
  let calls = 0;
  const send: typeof fetch = async () => {
    const answer = answers[Math.min(calls, answers.length - 1)] ?? 200;
    calls += 1;
    if (answer === "refused") throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
    return new Response(`{"status":${answer}}`, { status: answer });
  };
  const call = jsonOverHttp(URL, { fetch: send, sleep: async (milliseconds) => void pauses.push(milliseconds) });
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

    await expect(call(READ)).rejects.toThrow(/store-unavailable.*GET \/x.*fetch failed \(connect ECONNREFUSED\)/);

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

  test.each([
    { body: '{"a":1}', announced: "7", received: '{"a":1}' },
    { body: "", announced: "0", received: "" },
  ])("a body of the announced length is taken: $body", async ({ body, announced, received }) => {
    const call = jsonOverHttp(URL, { fetch: async () => new Response(body, { headers: { "content-length": announced } }) });

    expect((await call(READ)).body.toString()).toBe(received);
  });

  test.each(["6", "8"])("a body of 7 bytes of which %s were announced is none: it is asked for again", async (announced) => {
    let calls = 0;
    const send: typeof fetch = async () => {
      calls += 1;
      return new Response('{"a":1}', { headers: calls === 1 ? { "content-length": announced } : {} });
    };
    const call = jsonOverHttp(URL, { fetch: send, sleep: async () => {} });

    expect((await call(READ)).body.toString()).toBe('{"a":1}');
    expect(calls).toBe(2);
  });
});
