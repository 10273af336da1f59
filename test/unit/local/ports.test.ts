import { connect, createServer } from "node:net";
import { freePort, reservePort } from "../../../local/ports";

test("a free port can be listened on, and is none that an outgoing connection could take", async () => {
  const port = await freePort();

  const server = createServer((socket) => socket.end());
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  await new Promise<void>((done, fail) => connect(port, "127.0.0.1", done).once("error", fail));
  server.close();
  expect(port).toBeLessThan(32_768);
});

test("a reserved port is given once, though nobody listens on it", async () => {
  const ports = await Promise.all(Array.from({ length: 100 }, reservePort));

  expect(new Set(ports).size).toBe(ports.length);
  expect(Math.max(...ports)).toBeLessThan(20_000);
});
