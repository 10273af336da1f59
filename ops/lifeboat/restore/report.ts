import type { RestoreOptions } from "./options";
import type { Restored } from "./restore";
import { type Todo, todoAfter } from "./todo";

/** For machines: what was restored, when which step was done, and what is left to do. */
export const restoreJson = (restored: Restored, options: RestoreOptions): string => {
  const { origin, proof, times, replication, ...instance } = restored;
  const result = {
    schema: "lifeboat/restore-in-region/1",
    system: options.system,
    region: options.region,
    ...instance,
    restoredFrom: origin.resourceId,
    restoredTo: origin.restoredTo,
    proof: proof ?? null,
    times,
    replication,
    todo: todoAfter(restored, options),
  };
  return `${JSON.stringify(result, undefined, 2)}\n`;
};

/** For a person: what stands now, how it is protected, and what is left to do. */
export const renderRestored = (restored: Restored, options: RestoreOptions): string => {
  const { instance, resourceId, place, origin, proof } = restored;
  return [
    `${instance} in ${options.region} is restored to ${origin.restoredTo.toISOString()}.`,
    [
      `  endpoint     ${place.host}:${place.port}`,
      `  instance     ${resourceId}, from the backups of ${origin.resourceId}`,
      `  looked at    ${proof === undefined ? "no: RDS calls it available, and nobody has connected" : `PostgreSQL ${proof.serverVersion}, ${proof.tables} tables answered, ${proof.checks.length} checks passed`}`,
      `  replication  ${replicationText(restored)}`,
    ].join("\n"),
    "What was committed after that time is lost. Applications reconnect by themselves: on AWS a new name takes about 10 minutes to be known everywhere.",
    "Left to do:",
    ...todoAfter(restored, options).map(todoText),
  ].join("\n\n");
};

const replicationText = ({ replication }: Restored): string => {
  switch (replication.state) {
    case "begun":
      return `begun to ${replication.arn}; the first copy is under way`;
    case "found":
      return `to ${replication.arn}`;
    case "none":
      return "NONE: no replicated backups of the failed instance were found. pulumi up on prod begins it";
    case "failed":
      return `NOT BEGUN: ${replication.reason} Run this again`;
  }
};

const todoText = ({ why, lines }: Todo, index: number): string =>
  [`${index + 1}. ${why}.`, ...lines.map((line) => `     ${line}`)].join("\n");
