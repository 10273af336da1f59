import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { sendOverHttp } from "../../../../lambdas/chroma/send";

/** A server that answers each connection's first request with this text and closes it. */
const answering = async (answer: string) => {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("data", (data) => {
      received.push(data.toString());
      socket.end(answer);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${address.port}/x`, received, close };
};

const sendTo = async (answer: string, request: { readonly method: string; readonly body?: string } = { method: "GET" }) => {
  const server = await answering(answer);
  try {
    return { answer: await sendOverHttp({ ...request, url: server.url }), received: server.received };
  } finally {
    await server.close();
  }
};

describe("requests over HTTP", () => {
  test("a body is sent as JSON with its length in bytes", async () => {
    const { received } = await sendTo("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", { method: "POST", body: '"é"' });

    expect(received[0]).toMatch(/^POST \/x HTTP\/1.1\r\n/);
    expect(received[0]).toMatch(/content-type: application\/json\r\n/);
    expect(received[0]).toMatch(/content-length: 4\r\n/);
  });

  test.each([
    ["of the announced length", 'content-length: 7\r\n\r\n{"a":1}', '{"a":1}'],
    ["that is empty", "content-length: 0\r\n\r\n", ""],
    ["in chunks", 'transfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n', '{"a":1}'],
    ["until the connection ends", 'connection: close\r\n\r\n{"a":1}', '{"a":1}'],
  ])("a body %s is taken", async (_which, rest, expected) => {
    const { answer } = await sendTo(`HTTP/1.1 404 Not Found\r\n${rest}`);

    expect(answer.status).toBe(404);
    expect(answer.body.toString()).toBe(expected);
  });

  test.each([
    ["cut short", 'content-length: 8\r\n\r\n{"a":1}'],
    ["whose chunks do not end", 'transfer-encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n'],
  ])("a body %s is none", async (_which, rest) => {
    await expect(sendTo(`HTTP/1.1 200 OK\r\n${rest}`)).rejects.toThrow(/aborted/);
  });

  test("a connection that is refused fails", async () => {
    const server = await answering("");
    await server.close();

    await expect(sendOverHttp({ method: "GET", url: server.url })).rejects.toThrow(/ECONNREFUSED/);
  });
});
