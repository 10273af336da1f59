import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { waitUntil } from "../../../../../../local/process";
import { type Link, type LinkOptions, openLink } from "../../../../../../local/rds/postgres/replica/link";

const LAG_MS = 400;

let source: Server;
let accepted: Socket[];
let links: Link[];
let clients: Socket[];

beforeEach(async () => {
  [accepted, links, clients] = [[], [], []];
  source = createServer((socket) => {
    socket.on("error", () => undefined);
    accepted.push(socket);
  });
  source.listen(0, "127.0.0.1");
  await once(source, "listening");
});

afterEach(async () => {
  for (const link of links) link.close();
  for (const socket of [...clients, ...accepted]) socket.destroy();
  await new Promise((done) => source.close(done));
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const until = (what: string, probe: () => boolean): Promise<void> => waitUntil(probe, { what, timeoutMs: 10_000, intervalMs: 2 });

const givenLink = async (options: Partial<LinkOptions> = {}): Promise<Link> => {
  const link = await openLink({ lagMs: LAG_MS, source: async () => portOf(source), report: () => undefined, handshakeMs: 0, ...options });
  links.push(link);
  return link;
};

/** A replica's connection, and what it received. */
const givenReplica = (link: Link) => {
  const socket = connect({ host: "127.0.0.1", port: link.port });
  clients.push(socket);
  const received = { text: "", closed: false };
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    received.text += chunk.toString();
  });
  socket.on("close", () => {
    received.closed = true;
  });
  return { socket, received };
};

const givenConnection = async (options: Partial<LinkOptions> = {}) => {
  const link = await givenLink(options);
  const { socket, received } = givenReplica(link);
  await until("the source has a connection", () => accepted.length === 1 && link.connected);
  const [peer] = accepted;
  if (peer === undefined) throw new Error("no connection");
  return { link, socket, received, peer };
};

describe("A link", () => {
  test("carries what the source sends after the lag, in order, and what the replica sends at once", async () => {
    const { socket, received, peer } = await givenConnection();
    let heard = "";
    peer.on("data", (chunk) => {
      heard += chunk.toString();
    });
    const sentAt = performance.now();
    for (let n = 0; n < 200; n += 1) peer.write(`${n},`);
    socket.write("reply");
    await until("the source has the reply", () => heard === "reply");
    await until("the replica has all of it", () => received.text.endsWith("199,"));
    const tookMs = performance.now() - sentAt;

    expect(tookMs).toBeGreaterThanOrEqual(LAG_MS);
    expect(received.text).toBe(Array.from({ length: 200 }, (_, n) => `${n},`).join(""));
  });

  test("lets the first moments of a connection pass at once", async () => {
    const { received, peer } = await givenConnection({ lagMs: 3600_000, handshakeMs: 3600_000 });
    peer.write("hello");

    await until("the greeting has arrived", () => received.text === "hello");
  });

  test("that is cut loses what was under way on both sides, and takes the next connection", async () => {
    const { link, received, peer } = await givenConnection({ lagMs: 3600_000 });
    let peerClosed = false;
    peer.on("close", () => {
      peerClosed = true;
    });
    peer.write("under way");

    link.cut();

    await until("both sides know", () => received.closed && peerClosed);
    expect(received.text).toBe("");
    expect(link.connected).toBe(false);
    givenReplica(link);
    await until("it is connected again", () => accepted.length === 2 && link.connected);
  });

  test("loses what was under way when the source dies, and keeps what had arrived", async () => {
    let now = 0;
    const { received, peer } = await givenConnection({ lagMs: 3600_000, handshakeMs: 1_000, now: () => now });
    peer.write("arrived");
    await until("the first part has arrived", () => received.text === "arrived");
    now = 1_000;

    peer.end(" and lost");

    await until("the replica knows", () => received.closed);
    expect(received.text).toBe("arrived");
  });

  test("refuses while the source cannot be reached, asks again for each connection, and refuses for good once it is closed", async () => {
    let reachable = false;
    const link = await givenLink({ source: async () => (reachable ? portOf(source) : undefined) });
    const first = givenReplica(link);
    await until("it was refused", () => first.received.closed);
    reachable = true;
    givenReplica(link);
    await until("it is connected", () => link.connected);
    link.close();
    const last = givenReplica(link);
    await until("it was refused", () => last.received.closed);

    expect(accepted).toHaveLength(1);
  });

  test("takes no more from the source than may be under way, says so once, and delivers all of it", async () => {
    const problems: string[] = [];
    const { received, peer } = await givenConnection({ lagMs: 50, mostBytes: 1_000, report: (problem) => problems.push(problem) });
    const sent = "x".repeat(1024 * 1024);

    peer.write(sent);

    await until("the replica has all of it", () => received.text.length === sent.length);
    expect(problems).toEqual([expect.stringContaining("more than 1000 bytes are under way")]);
  });
});
