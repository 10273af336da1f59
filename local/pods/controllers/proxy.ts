import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface ServiceProxy {
  close(): Promise<void>;
}

/** Forwards connections on 127.0.0.1 to the port that `pick` names for each; resets them when there is none, as a Service without endpoints does. */
export const listenForService = async (port: number, pick: () => number | undefined): Promise<ServiceProxy> => {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    keep(client);
    client.on("error", () => client.destroy());
    const target = pick();
    if (target === undefined) return void client.resetAndDestroy();
    const pod = connect({ host: "127.0.0.1", port: target, allowHalfOpen: true, noDelay: true });
    keep(pod);
    pod.on("error", () => client.resetAndDestroy());
    pod.on("close", () => client.destroy());
    client.on("close", () => pod.destroy());
    client.pipe(pod);
    pod.pipe(client);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, "close");
    },
  };
};
