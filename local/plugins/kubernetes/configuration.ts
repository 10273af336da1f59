import { homedir } from "node:os";
import { join } from "node:path";
import { LifeboatError } from "../../../recovery/errors";
import type { Properties } from "../protocol/resource";
import { flag, text } from "../protocol/values";
import { type Connection, connectionOf } from "./kubeconfig";

export type Environment = { readonly [name: string]: string | undefined };

/** The provider's configuration, read once. */
export interface Settings {
  readonly connection: Connection;
  /** Where objects go that name no namespace. */
  readonly namespace: string;
  readonly deleteUnreachable: boolean;
  readonly upsertExistingObjects: boolean;
}

const KNOWN = [
  "cluster",
  "clusterIdentifier",
  "context",
  "deleteUnreachable",
  "enablePatchForce",
  "enableServerSideApply",
  "kubeconfig",
  "namespace",
  "suppressDeprecationWarnings",
  "suppressHelmHookWarnings",
  "upsertExistingObjects",
];
const OF_ENGINE = ["version", "pluginDownloadURL"];

/** The settings, or everything about them that this plugin cannot do. Reads the kubeconfig, and asks no cluster. */
export const settingsOf = (config: Properties, environment: Environment): Settings => {
  const unknown = Object.keys(config).filter((name) => !KNOWN.includes(name) && !OF_ENGINE.includes(name) && !name.startsWith("__"));
  if (unknown.length > 0) throw unsupported(unknown.join(", "), KNOWN.join(", "));
  if (flag(config, "enableServerSideApply") === false) throw unsupported("enableServerSideApply: false", "true, which is the default");
  const source = text(config, "kubeconfig") || environment.KUBECONFIG || join(environment.HOME ?? homedir(), ".kube", "config");
  const connection = connectionOf({ source, context: text(config, "context"), cluster: text(config, "cluster") });
  return {
    connection,
    namespace: text(config, "namespace") ?? connection.namespace ?? "default",
    deleteUnreachable: flag(config, "deleteUnreachable") ?? false,
    upsertExistingObjects: flag(config, "upsertExistingObjects") ?? false,
  };
};

const unsupported = (received: string, allowed: string): LifeboatError =>
  new LifeboatError({
    code: "unsupported",
    what: "The embedded kubernetes plugin does not know these provider settings",
    received,
    allowed,
    hint: "Add the setting in local/plugins/kubernetes/configuration.ts, or use the official plugin",
  });
