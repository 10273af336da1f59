import * as pulumi from "@pulumi/pulumi";
import { PromoteResponse } from "../../../lambdas/promote/events";
import type { DatabaseEndpoint, Standing } from "../../../recovery/catalogue/standing";
import type { StepEvent } from "../functions/step";
import { recoveredPassword, recoveredSecret } from "./recoveredSecret";

type StandingDatabase = NonNullable<Standing["postgres"]>;

export interface PromotedDatabaseArgs {
  readonly system: string;
  readonly recoveryId: pulumi.Input<string>;
  readonly standing: StandingDatabase;
  readonly replica: NonNullable<StandingDatabase["replica"]>;
  /** The recovery region's key. */
  readonly keyArn: pulumi.Input<string>;
  /** Calls the promoting function, once. */
  readonly promote: (result: typeof PromoteResponse, event: StepEvent) => pulumi.Output<PromoteResponse>;
}

/**
 * The standing replica as the database, with a password of its own. Nothing here owns the instance: the function promotes it, and no `up`, `refresh`
 * or `destroy` of this stack can undo that or delete it. The secret and its password are this stack's, and protected.
 */
export class PromotedDatabase extends pulumi.ComponentResource {
  /** Known once the replica is a database of its own. */
  readonly endpoint: pulumi.Output<DatabaseEndpoint>;

  constructor(name: string, args: PromotedDatabaseArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:postgres:PromotedDatabase", name, {}, options);
    const { database, username, backupRetentionDays, backupWindow, multiAz } = args.standing;
    const { host, port } = args.replica;
    const password = recoveredPassword(name, this);
    const value = { engine: "postgres" as const, host, port, dbname: database, username, password };
    const secretArn = recoveredSecret(name, { ...args, mode: "failover", value }, { parent: this });
    const endpoint = pulumi.output({ host, port, database, secretArn });
    const promoted = args.promote(PromoteResponse, { recoveryId: args.recoveryId, endpoint, backupRetentionDays, backupWindow, multiAz });
    this.endpoint = promoted.apply((done) => done.endpoint);
    this.registerOutputs({ endpoint: this.endpoint });
  }
}
