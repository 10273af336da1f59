import {
  type DBInstance,
  DeleteDBInstanceCommand,
  ModifyDBInstanceCommand,
  type ModifyDBInstanceMessage,
  type RDSClient,
  RebootDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { LifeboatError, messageOf } from "../../../../recovery/errors";
import { type Properties, type ResourceHandler, Unfinished } from "../../protocol/resource";
import { flag, requiredText, text } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { allTags, isNamed, regionFromProvider, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { named, rds, tagging } from "./client";
import { instanceChanges, requireAsAsked } from "./instanceChanges";
import { isRestored, startCreation } from "./instanceCreation";
import { instanceFailures, instanceInputs } from "./instanceInputs";
import { instanceComputed, instanceRead } from "./instanceRead";
import { promoteIfReleased } from "./instanceReplica";
import { available, deleted, findInstance, instanceGone, timeouts } from "./instanceWait";

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const found = await findInstance(rds(context, state), id);
  return found === undefined ? undefined : instanceRead(context, found, state);
};

async function modify(
  client: RDSClient,
  id: string,
  request: Omit<ModifyDBInstanceMessage, "DBInstanceIdentifier">,
  identifier: string,
  signal?: AbortSignal,
): Promise<DBInstance> {
  await client.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, ...request }));
  return available(client, id, { timeoutSeconds: timeouts.updateSeconds, signal, applied: request.ApplyImmediately });
}

async function restart(client: RDSClient, id: string, identifier: string, signal: AbortSignal): Promise<void> {
  await client.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: identifier }));
  await available(client, id, { timeoutSeconds: timeouts.updateSeconds, signal });
}

/** What RDS is told of the backups that outlive the instance. */
function deletion(state: Properties) {
  const request = {
    DBInstanceIdentifier: requiredText(state, "identifier"),
    DeleteAutomatedBackups: flag(state, "deleteAutomatedBackups") ?? true,
  };
  if (flag(state, "skipFinalSnapshot")) return { ...request, SkipFinalSnapshot: true };
  const snapshot = text(state, "finalSnapshotIdentifier");
  if (snapshot !== undefined) return { ...request, SkipFinalSnapshot: false, FinalDBSnapshotIdentifier: snapshot };
  throw new LifeboatError({
    code: "configuration",
    what: `The database ${request.DBInstanceIdentifier} cannot be deleted: it has no finalSnapshotIdentifier`,
    allowed: "finalSnapshotIdentifier, or skipFinalSnapshot true, which loses what no backup holds",
    hint: "Give one of them in the program and run an update before the deletion",
  });
}

async function remove(client: RDSClient, id: string, state: Properties): Promise<void> {
  const request = new DeleteDBInstanceCommand(deletion(state));
  try {
    await unlessGone(client.send(request), ...instanceGone);
  } catch (thrown) {
    if (isNamed(thrown, ...named("InvalidDBInstanceState")) && messageOf(thrown).includes("already being deleted")) return;
    // The program has taken the protection away, and only in its own state: the official plugin does the same.
    const isUnprotected = flag(state, "deletionProtection") !== true && flag(state, "applyImmediately") === true;
    if (!isUnprotected || !messageOf(thrown).toLowerCase().includes("disable deletion pro")) throw thrown;
    await modify(client, id, { DeletionProtection: false, ApplyImmediately: true }, requiredText(state, "identifier"));
    await unlessGone(client.send(request), ...instanceGone);
  }
}

export const instance: ResourceHandler<AwsContext> = {
  type: "aws:rds/instance:Instance",
  inputs: instanceInputs,
  autoName: { property: "identifier", maxLength: 63, lowercase: true },
  computed: instanceComputed,
  configured: regionFromProvider,

  check: instanceFailures,

  async create(context, inputs, signal) {
    const client = rds(context, inputs);
    const identifier = requiredText(inputs, "identifier");
    const { instance: started, left, reboot } = await startCreation(client, inputs, allTags(context, inputs));
    const id = started?.DbiResourceId ?? identifier;
    return finishCreation(read, context, id, inputs, async () => {
      await available(client, id, { timeoutSeconds: timeouts.createSeconds, signal });
      const isLeft = Object.values(left).some((value) => value !== undefined);
      if (isLeft) await modify(client, id, { ...left, ApplyImmediately: true }, identifier, signal);
      if (reboot) await restart(client, id, identifier, signal);
      if (isRestored(inputs)) requireAsAsked(identifier, inputs, await outputsOf(read, context, id, inputs));
    });
  },

  read,

  async update(context, id, olds, news, signal) {
    const client = rds(context, news);
    const isUnfinished = olds.resourceId === undefined;
    const found = await available(client, id, { timeoutSeconds: timeouts.createSeconds, signal });
    // Of a creation that was left unfinished only RDS knows what is done; of its password not even RDS.
    const before = isUnfinished ? instanceRead(context, found, { ...news, password: "" }).outputs : olds;
    const isPromoted = await promoteIfReleased(client, found.DBInstanceIdentifier ?? requiredText(news, "identifier"), before, news);
    try {
      const current = isPromoted ? await available(client, id, { timeoutSeconds: timeouts.updateSeconds, signal }) : found;
      const changes = instanceChanges(before, news);
      // What is left of a creation belongs to it, and waits for no maintenance window.
      const ApplyImmediately = isUnfinished || (flag(news, "applyImmediately") ?? false);
      const identifier = current.DBInstanceIdentifier ?? requiredText(news, "identifier");
      const changed = changes === undefined ? current : await modify(client, id, { ...changes, ApplyImmediately }, identifier, signal);
      await retag(context, before, news, tagging(client, changed.DBInstanceArn ?? ""));
      const outputs = await outputsOf(read, context, id, news);
      if (isUnfinished && isRestored(news)) requireAsAsked(requiredText(news, "identifier"), news, outputs);
      return outputs;
    } catch (thrown) {
      // A promotion cannot be asked for twice, and what a restore brought along shows in RDS only: the next update has to look there.
      throw isPromoted || isUnfinished ? new Unfinished({ id, outputs: news }, messageOf(thrown)) : thrown;
    }
  },

  async delete(context, id, state) {
    const client = rds(context, state);
    const found = await findInstance(client, id);
    if (found === undefined) return;
    await remove(client, id, { ...state, identifier: found.DBInstanceIdentifier ?? requiredText(state, "identifier") });
    await deleted(client, id, { timeoutSeconds: timeouts.deleteSeconds });
  },
};
