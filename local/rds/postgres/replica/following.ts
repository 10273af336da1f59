import type { ReplicaState } from "../../engine";
import { type AdminAccess, asAdmin } from "../admin";
import { ADMIN } from "../configuration";
import type { Link } from "./link";
import type { ServerId } from "./slots";

/** What a server has as long as it is a replica. */
export interface Following {
  readonly source: ServerId;
  /** PostgreSQL's settings of a standby. */
  readonly settings: Readonly<Record<string, string>>;
  /** `access`: to the replica; undefined while it does not run. */
  state(access: AdminAccess | undefined): Promise<ReplicaState>;
  /** The link is closed for good, and what was under way in it lost. */
  cut(): void;
  /** Cut, and the source no longer keeps WAL for it. */
  end(): Promise<void>;
}

/** `lagSeconds` as RDS documents it: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.Monitor.html */
const STATE = `SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::text,
  (SELECT status FROM pg_stat_wal_receiver)`;

export const stateOf = async (source: ServerId, link: Link, access: AdminAccess | undefined): Promise<ReplicaState> => {
  const [lag, status] = (access === undefined ? undefined : await asAdmin(access, ADMIN, ({ row }) => row(STATE))) ?? [];
  // PostgreSQL says null as the protocol does, whatever its type.
  const lagSeconds = lag === undefined || lag === null ? undefined : Math.max(0, Number(lag));
  return { source, streaming: status === "streaming" && link.connected, lagSeconds };
};
