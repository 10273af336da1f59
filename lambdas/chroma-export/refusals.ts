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
