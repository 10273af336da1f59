import type { Standby } from "../engine";
import type { Instance, InstanceStatus, ReplicaSource } from "./records";

/** An instance, for who breaks and who reports. */
export interface InstanceFacts {
  readonly identifier: string;
  readonly arn: string;
  readonly resourceId: string;
  readonly status: InstanceStatus;
  readonly multiAz: boolean;
  readonly encrypted: boolean;
  /** undefined for what is no read replica, or is one no longer. */
  readonly replicaOf?: ReplicaSource;
  /** undefined while it has none. */
  readonly server?: {
    readonly host: string;
    readonly port: number;
    readonly pid: number;
    readonly dataDirectory: string;
    readonly running: boolean;
    readonly zone: string;
    readonly standby?: Standby;
  };
}

export const factsOf = ({ identifier, arn, resourceId, status, settings, encryption, replicaOf, server }: Instance): InstanceFacts => ({
  identifier,
  arn,
  resourceId,
  status,
  multiAz: settings.multiAz,
  encrypted: encryption.encrypted,
  replicaOf,
  server: server && {
    host: server.host,
    port: server.port,
    pid: server.pid,
    dataDirectory: server.dataDirectory,
    running: server.running,
    zone: server.zone,
    standby: server.standby,
  },
});
