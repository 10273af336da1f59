import { collectionName, type DeletedCollection } from "../../recovery/chroma/manifest";
import { LifeboatError } from "../../recovery/errors";

/** An export that would hold less than the source. */
export const shortExport = (name: string, received: string): LifeboatError =>
  new LifeboatError({
    code: "short-export",
    what: `The export of collection "${name}" would be short; no manifest was written`,
    received,
    allowed: "as many records written as the source counts, less those deleted meanwhile",
    hint: "It is tried again at the next run; if it fails each time, check the server's index and its disk",
  });

/** An export whose collections were all deleted while it ran. */
export const nothingLeft = (deleted: readonly DeletedCollection[]): LifeboatError =>
  new LifeboatError({
    code: "short-export",
    what: "Every collection with records was deleted while it was exported; no manifest was written",
    received: `${deleted.length} deleted, the first is ${deleted[0] === undefined ? "" : collectionName(deleted[0])}`,
    allowed: "an export with a record in it: the newest point is what a restore brings back",
    hint: "If they are rebuilt at this time of day, change lifeboat:chroma.schedule of stack prod; if not, find out who deletes them",
  });
