import { join } from "node:path";
import { LifeboatError } from "../../../recovery/errors";

/** Where things lie. All that a region holds is below `<root>/<region>`, so that erasing a region is one removal. */
export interface Layout {
  readonly root: string;
  readonly tls: string;
  region(region: string): string;
  server(region: string, resourceId: string): string;
  /** The standby's disk of a Multi-AZ database: after a failover the database runs there, and its first one is the standby's. */
  standby(region: string, resourceId: string): string;
  /** A server that is not yet one: removed when its restore fails. */
  recovering(region: string, resourceId: string): string;
  chain(region: string, resourceId: string): string;
  snapshot(region: string, snapshotId: string): string;
}

export const createLayout = (root: string): Layout => {
  const region = (name: string): string => join(root, "regions", safe(name));
  return {
    root,
    tls: join(root, "tls"),
    region,
    server: (name, resourceId) => join(region(name), "servers", safe(resourceId)),
    standby: (name, resourceId) => join(region(name), "standbys", safe(resourceId)),
    recovering: (name, resourceId) => join(region(name), "recovering", safe(resourceId)),
    chain: (name, resourceId) => join(region(name), "chains", safe(resourceId)),
    snapshot: (name, snapshotId) => join(region(name), "snapshots", safe(snapshotId)),
  };
};

/** A name becomes a directory, and part of a shell's command line. */
const safe = (name: string): string => {
  if (/^[A-Za-z0-9][A-Za-z0-9:_-]*$/.test(name)) return name;
  throw new LifeboatError({
    code: "configuration",
    what: "A database, snapshot or region has a name that cannot be kept",
    received: JSON.stringify(name),
    allowed: "letters, digits, hyphens, colons and underscores, a letter or digit first",
    hint: "Use the DbiResourceId, the snapshot's identifier and the region's name",
  });
};
