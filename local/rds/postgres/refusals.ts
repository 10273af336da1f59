import { LifeboatError } from "../../../recovery/errors";

export const notRunning = (doing: string, resourceId: string): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `A database that does not run cannot ${doing}`,
    received: resourceId,
    hint: "Restart it, or restore it",
  });

export const notArchiving = (resourceId: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "A database without automated backups has no base backups",
    received: resourceId,
    hint: "Set its backup retention to a day at least, or take a snapshot",
  });

export const stillRunning = (resourceId: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "The data of a running database is not erased",
    received: resourceId,
    hint: "Kill it first",
  });
