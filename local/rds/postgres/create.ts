import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncTree } from "../backups/files";
import type { CreateDatabase } from "../engine";
import { makeOwned, own } from "./account";
import { ADMIN } from "./configuration";
import type { EngineContext } from "./context";
import { launch } from "./launch";
import { readParameters } from "./parameters";
import { createRoles } from "./roles";
import { scramVerifier } from "./scram";

/** Makes a data directory with the service's and the master's roles; a failure leaves nothing. The server is not running when it resolves. */
export const createCluster = async (context: EngineContext, request: CreateDatabase, to: string): Promise<void> => {
  const { tools, layout } = context;
  const parameters = readParameters({ ...context.defaults, ...request.parameters }, tools.settings);
  makeOwned(layout.root, dirname(to), tools.account);
  try {
    await initialise(context, request.resourceId, to);
    const { postmaster, port } = await launch(context, {
      resourceId: request.resourceId,
      dataDirectory: to,
      configuration: { parameters, archiveCommand: "true" },
    });
    try {
      await createRoles(context.access(port), {
        username: request.masterUsername,
        passwordVerifier: scramVerifier(request.masterPassword, context.random(16)),
        databaseName: request.databaseName,
      });
    } finally {
      await postmaster.stop();
    }
  } catch (thrown) {
    await rm(to, { recursive: true, force: true });
    throw thrown;
  }
};

const initialise = async ({ tools, layout, access }: EngineContext, resourceId: string, to: string): Promise<void> => {
  const passwordFile = join(layout.root, `${resourceId}.password`);
  try {
    await writeFile(passwordFile, access(0).password, { mode: 0o600 });
    await own(passwordFile, tools.account);
    await tools.must("make a database", "initdb", [
      ...["--pgdata", to, "--username", ADMIN, "--pwfile", passwordFile, "--auth=scram-sha-256", "--data-checksums"],
      // RDS's is en_US.UTF-8, which is not on every machine: text is ordered by code point here.
      ...["--encoding=UTF8", "--locale=C", "--no-sync"],
    ]);
    // At once, where initdb itself would have one file after another written.
    await syncTree(tools, to);
  } finally {
    await rm(passwordFile, { force: true });
  }
};
