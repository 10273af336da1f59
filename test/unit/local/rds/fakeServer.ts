import type { Archiving, DatabaseServer, DatabaseSettings, ReplicaState, Standby } from "../../../../local/rds/engine";

/** A server without PostgreSQL: what it was told is there to be read. */
export interface FakeServer extends DatabaseServer {
  readonly told: { password?: string; parameters: Readonly<Record<string, string>>; archiving?: Archiving; restarts: number };
  /** Its host dies: the standby takes over, or the server is down. */
  lose(): void;
  /** Its zone has power again. */
  power(): void;
}

/** What a server is part of. */
export interface FakeHost {
  called(call: string, details: unknown): Promise<void>;
  nextPid(): number;
  /** Notes that a base backup of the chain is complete. */
  backUp(server: DatabaseServer): void;
  beginChain(server: DatabaseServer): void;
  gone(server: DatabaseServer): void;
  streams(replica: DatabaseServer, source: ReplicaState["source"]): boolean;
}

const staticParameters = ["max_connections", "track_commit_timestamp"];

export const createFakeServer = (
  settings: DatabaseSettings,
  source: (ReplicaState["source"] & { readonly lagSeconds: number }) | undefined,
  host: FakeHost,
): FakeServer => {
  const { region, resourceId } = settings;
  const { called } = host;
  const told: FakeServer["told"] = { parameters: settings.parameters, archiving: settings.archiving, restarts: 0 };
  const listeners: Parameters<DatabaseServer["onFailover"]>[0][] = [];
  const made = (place: string): Standby => ({
    zone: place,
    pid: host.nextPid(),
    dataDirectory: `/data/${region}/${resourceId}-standby`,
    synchronous: true,
  });
  let following = source;
  let running = true;
  let { zone } = settings;
  let standby: Standby | undefined;
  const pid = host.nextPid();
  if (settings.standbyZone !== undefined) standby = made(settings.standbyZone);

  const end = (): void => {
    running = false;
    host.gone(server);
  };
  const takeOver = (reason: "primary lost" | "asked"): void => {
    const from = zone;
    const to = standby?.zone ?? zone;
    zone = to;
    standby = reason === "asked" ? made(from) : undefined;
    for (const listener of listeners) listener({ from, to, reason });
  };

  const server: FakeServer = {
    ...{ region, resourceId, host: "127.0.0.1", port: settings.port ?? pid, pid, engineVersion: "15.18", told },
    dataDirectory: `/data/${region}/${resourceId}`,
    get running() {
      return running;
    },
    get zone() {
      return zone;
    },
    get standby() {
      return standby;
    },
    lose: () => {
      if (standby === undefined) running = false;
      else takeOver("primary lost");
    },
    power: () => {
      running = true;
    },
    replicaState: async () => {
      await called("replicaState", { resourceId });
      if (following === undefined) return undefined;
      const streaming = host.streams(server, following);
      const { lagSeconds, ...of } = following;
      return { source: of, streaming, lagSeconds };
    },
    promote: async () => {
      await called("promote", { resourceId });
      if (following === undefined) throw new Error(`${resourceId} is no replica`);
      following = undefined;
      if (told.archiving !== undefined) host.beginChain(server);
    },
    setStandby: async (place) => {
      await called("setStandby", { resourceId, zone: place });
      standby = place === undefined ? undefined : made(place);
    },
    failOver: async () => {
      await called("failOver", { resourceId });
      if (standby === undefined) throw new Error(`${resourceId} has no standby`);
      takeOver("asked");
    },
    onFailover: (listener) => void listeners.push(listener),
    setMasterPassword: async (password) => {
      await called("setMasterPassword", { resourceId });
      told.password = password;
    },
    applyParameters: async (parameters) => {
      await called("applyParameters", { resourceId, parameters });
      const waiting = staticParameters.filter((name) => parameters[name] !== told.parameters[name]);
      told.parameters = parameters;
      return waiting;
    },
    setArchiving: async (archiving) => {
      await called("setArchiving", { resourceId, archiving });
      told.archiving = archiving;
      if (archiving !== undefined && following === undefined) host.beginChain(server);
    },
    restart: async () => {
      await called("restart", { resourceId });
      told.restarts += 1;
    },
    takeBaseBackup: async () => {
      await called("takeBaseBackup", { resourceId });
      if (following !== undefined) throw new Error(`${resourceId} is a replica`);
      host.backUp(server);
    },
    remove: async () => {
      await called("remove", { resourceId });
      end();
    },
    kill: async () => {
      await called("kill", { resourceId });
      end();
    },
    erase: () => called("erase", { resourceId }),
  };
  if (settings.archiving !== undefined && following === undefined) host.beginChain(server);
  return server;
};
