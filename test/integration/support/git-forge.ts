import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { freePort } from "../../../local/ports";
import { startProcess, waitUntil } from "../../../local/process";
import { NOBODYS } from "./git";

/** What becomes of a connection when the server has sent this much: it is cut, stands still, or goes on when something was done meanwhile. */
export interface ForgeFault {
  readonly afterBytes: number;
  readonly does: "cut" | "stall" | (() => Promise<unknown>);
}

export interface Forge {
  /** Of a repository in the forge's folder. */
  url(name: string): string;
  /** Connections that stand still at this moment. */
  stalled(): number;
  /** `connection` counts from 0, for each repository by itself: a listing of refs is one, a clone another. */
  setFault(fault: (name: string, connection: number) => ForgeFault | undefined): void;
  stop(): Promise<void>;
}

const ASKED = /git-upload-pack \/([^\0]+)\0/;

/** `git daemon` over a folder of repositories, behind a proxy that does to a connection what a test asks for. */
export const startForge = async (folder: string): Promise<Forge> => {
  const port = await freePort();
  const daemon = startProcess({
    command: "git",
    args: ["daemon", "--listen=127.0.0.1", `--port=${port}`, `--base-path=${folder}`, "--export-all", "--reuseaddr", folder],
    env: { ...process.env, ...NOBODYS },
    group: true,
  });
  await waitUntil(() => answers(port), { timeoutMs: 20_000, intervalMs: 20, what: "git daemon listens", process: daemon });

  let fault: (name: string, connection: number) => ForgeFault | undefined = () => undefined;
  const seen = new Map<string, number>();
  const open = new Set<Socket>();
  const standing = new Set<Socket>();
  const handle = (client: Socket): void => {
    const upstream = connect(port, "127.0.0.1");
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        open.delete(socket);
        standing.delete(socket);
        other.destroy();
      });
    }
    let asked = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      // Some clients send the length by itself.
      asked = Buffer.concat([asked, chunk]);
      const name = ASKED.exec(asked.toString("latin1"))?.[1];
      if (name === undefined) return;
      client.off("data", onData);
      client.pause();
      const connection = seen.get(name) ?? 0;
      seen.set(name, connection + 1);
      upstream.write(asked);
      client.pipe(upstream);
      answer(upstream, client, fault(name, connection), standing);
    };
    client.on("data", onData);
  };
  const proxy = createServer(handle);
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  return {
    url: (name) => `git://127.0.0.1:${(proxy.address() as AddressInfo).port}/${name}`,
    stalled: () => standing.size,
    setFault: (next) => {
      fault = next;
      seen.clear();
    },
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((closed) => proxy.close(closed));
      await daemon.stop(1000);
    },
  };
};

const answer = (from: Socket, to: Socket, fault: ForgeFault | undefined, standing: Set<Socket>): void => {
  if (fault === undefined) {
    from.pipe(to);
    return;
  }
  let sent = 0;
  const onData = (chunk: Buffer): void => {
    const allowed = Math.max(0, fault.afterBytes - sent);
    sent += chunk.byteLength;
    if (sent < fault.afterBytes) {
      to.write(chunk);
      return;
    }
    from.off("data", onData);
    from.pause();
    to.write(chunk.subarray(0, allowed));
    const { does } = fault;
    if (does === "cut") to.destroySoon();
    else if (does === "stall") standing.add(to);
    else
      void does().then(() => {
        to.write(chunk.subarray(allowed));
        from.pipe(to);
      });
  };
  from.on("data", onData);
};

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      done(true);
    });
    socket.on("error", () => done(false));
  });
