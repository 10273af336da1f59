import { LifeboatError } from "../../../../recovery/errors";

export const standbyOfReplica = (resourceId: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "A read replica gets no standby here",
    received: resourceId,
    allowed: "a database that takes writes; RDS makes Multi-AZ read replicas as well",
    hint: "Promote it first, and make it Multi-AZ then",
  });

export const notThere = (resourceId: string, received: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: `${resourceId} has no standby to fail over to`,
    received,
    allowed: "a Multi-AZ database whose standby is synchronous",
    hint: "Make it Multi-AZ, or wait until its standby has caught up",
  });
