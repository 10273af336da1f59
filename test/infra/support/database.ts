import type { DatabaseEndpoint } from "../../../recovery/catalogue/standing";
import type { RecoveryMode } from "../../../recovery/store";
import { ACCOUNT } from "./outputs";
import { RECOVERY, SYSTEM } from "./prod";

/** The names of the database that a recovery restores, and where it is, as the mocks' random id makes them. */
export const databaseOf = (
  mode: RecoveryMode | string,
): { readonly identifier: string; readonly secret: string; readonly endpoint: DatabaseEndpoint } => {
  const recoveryId = `${mode}-0a1b2c3d`;
  const identifier = `${SYSTEM}-postgres-${recoveryId}`;
  const secret = `lifeboat/${SYSTEM}/recoveries/${recoveryId}/postgres`;
  const host = `${identifier}.${RECOVERY}.rds.example`;
  const secretArn = `arn:aws:secretsmanager:${RECOVERY}:${ACCOUNT}:secret:${secret}-AbCdEf`;
  return { identifier, secret, endpoint: { host, port: 5555, database: "app", secretArn } };
};
