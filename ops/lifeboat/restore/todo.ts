import { databaseNames } from "../../../recovery/names";
import type { Restored } from "./restore";

export interface TodoQuestion {
  readonly system: string;
  readonly recoveryRegion: string;
}

/** A thing that a person has left to do, and the lines that do it. */
export interface Todo {
  readonly why: string;
  readonly lines: readonly string[];
}

/**
 * What no command may do for a person: delete the replica, and change what the stack believes. The resource's id in Pulumi's state is the instance's
 * `DbiResourceId`, that of the replication the ARN of its copies; both are others now, and everything else of them is as it was.
 */
export const todoAfter = (
  { resourceId, origin, replication }: Pick<Restored, "resourceId" | "origin" | "replication">,
  { system, recoveryRegion }: TodoQuestion,
): readonly Todo[] => {
  const { replica } = databaseNames(system);
  return [
    {
      why: `The replica ${replica} follows an instance that is gone, and never anything else. Delete it, if there is one: pulumi up makes a new one`,
      lines: [
        `aws rds modify-db-instance --db-instance-identifier ${replica} --no-deletion-protection --apply-immediately --region ${recoveryRegion}`,
        `aws rds delete-db-instance --db-instance-identifier ${replica} --skip-final-snapshot --region ${recoveryRegion}`,
        `aws rds wait db-instance-deleted --db-instance-identifier ${replica} --region ${recoveryRegion}`,
      ],
    },
    {
      why: "The state of prod names the old instance and its old copies: give them their new ids, then let Pulumi look, and make what is missing",
      lines: [
        "pulumi stack export --stack prod --file prod-before.json",
        `sed ${substitutions(resourceId, origin.resourceId, replication)} prod-before.json > prod-after.json`,
        "pulumi stack import --stack prod --file prod-after.json",
        "pulumi refresh --stack prod   # must take the replica out of the state, and nothing else",
        "pulumi up --stack prod        # must create the replica, take the tags lifeboat:restored-* off the database, and replace nothing",
      ],
    },
  ];
};

const substitutions = (now: string, before: string, replication: Restored["replication"]): string => {
  const pairs = [[before, now]];
  if ((replication.state === "begun" || replication.state === "found") && replication.replaces !== undefined)
    pairs.push([replication.replaces, replication.arn]);
  return pairs.map(([from, to]) => `-e 's#${from}#${to}#g'`).join(" ");
};
