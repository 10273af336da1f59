import type { Standby } from "../../../infra/config/cluster";
import { deployedProd, PRIMARY, RECOVERY, SYSTEM } from "./prod";
import type { Recording } from "./recording";
import type { World } from "./world";

const CREATE = { kind: "create", version: "1.34", deployRoleArn: "arn:aws:iam::123456789012:role/deploy" };

export const PRIMARY_CIDR = "10.1.0.0/16";
export const RECOVERY_CIDR = "10.2.0.0/16";
export const RECOVERY_PORTS = { chromaPort: 8200, databasePort: 5544 };

export const createdPrimary = { ...CREATE, vpcCidr: PRIMARY_CIDR };
export const createdRecovery = (standby: Standby) => ({ ...CREATE, ...RECOVERY_PORTS, vpcCidr: RECOVERY_CIDR, standby });

/** The networks that are made, as EC2 tells of them afterwards. */
export const CREATED_VPCS: Readonly<Record<string, string>> = {
  [`${PRIMARY}/${SYSTEM}-cluster-primary`]: PRIMARY_CIDR,
  [`${RECOVERY}/${SYSTEM}-cluster-recovery`]: RECOVERY_CIDR,
};

/** `prod` with both clusters made. */
export const createdProd = (standby: Standby, world: World = {}): Promise<Recording> =>
  deployedProd({ clusters: { primary: createdPrimary, recovery: createdRecovery(standby) } }, { vpcs: CREATED_VPCS, ...world });
