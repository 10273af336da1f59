import type { Registry } from "../backups/registry";
import type { AdminAccess } from "./admin";
import type { Certificates } from "./certificates";
import type { Layout } from "./layout";
import type { Zones } from "./standby/zones";
import type { Tools } from "./tools";

/** What all servers of an engine share. */
export interface EngineContext {
  readonly tools: Tools;
  readonly layout: Layout;
  readonly certificates: Certificates;
  readonly chains: Registry;
  readonly zones: Zones;
  /** One password for all servers: a restored one has that of its source. */
  readonly access: (port: number) => AdminAccess;
  readonly now: () => Date;
  readonly random: (bytes: number) => Buffer;
  readonly logDirectory: string;
  /** PostgreSQL's settings below those of the parameter groups. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Between two commits of the engine's own on a source of replicas. */
  readonly heartbeatSeconds: number;
  /** What went wrong while nobody waited for it. */
  readonly report: (problem: string) => void;
}
