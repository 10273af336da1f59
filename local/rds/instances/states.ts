import type { Instance, InstanceStatus } from "./records";

/** A lost instance stays failed, and one that is being deleted stays so, whatever ends meanwhile. */
export const become = (instance: Instance, status: InstanceStatus): void => {
  if (!instance.lost && instance.status !== "deleting") instance.status = status;
};

/** States that RDS deletes without a final snapshot only: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html */
export const isFailure = (status: InstanceStatus): boolean => status === "failed" || status === "incompatible-restore";
