import type { Instance, InstanceStatus } from "./records";

/**
 * A lost instance stays failed, and one that is being deleted stays so, whatever ends meanwhile. One in a zone without power is `rebooting`: RDS has no
 * status of its own for that, recovers such an instance by a restart once it can, and keeps `failed` for what cannot be recovered.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
 */
export const become = (instance: Instance, status: InstanceStatus): void => {
  if (instance.lost || instance.status === "deleting") return;
  instance.status = status === "available" && instance.unpowered ? "rebooting" : status;
};

/** States that RDS deletes without a final snapshot only: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html */
export const isFailure = (status: InstanceStatus): boolean => status === "failed" || status === "incompatible-restore";
