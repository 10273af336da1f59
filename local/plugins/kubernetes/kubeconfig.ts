import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { LifeboatError, messageOf } from "../../../recovery/errors";

const cluster = z.looseObject({
  server: z.url(),
  "certificate-authority": z.string().optional(),
  "certificate-authority-data": z.string().optional(),
  "insecure-skip-tls-verify": z.boolean().default(false),
});

const user = z.looseObject({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  "client-certificate": z.string().optional(),
  "client-certificate-data": z.string().optional(),
  "client-key": z.string().optional(),
  "client-key-data": z.string().optional(),
});

const context = z.looseObject({ cluster: z.string(), user: z.string().optional(), namespace: z.string().optional() });

/** https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
const kubeconfig = z.looseObject({
  "current-context": z.string().optional(),
  clusters: z.array(z.looseObject({ name: z.string(), cluster })).nullish(),
  users: z.array(z.looseObject({ name: z.string(), user })).nullish(),
  contexts: z.array(z.looseObject({ name: z.string(), context })).nullish(),
});
type Kubeconfig = z.output<typeof kubeconfig>;

/** How to reach one cluster. */
export interface Connection {
  readonly context: string;
  readonly server: string;
  readonly namespace: string | undefined;
  readonly token: string | undefined;
  readonly ca: Buffer | undefined;
  readonly certificate: Buffer | undefined;
  readonly key: Buffer | undefined;
  readonly verifies: boolean;
}

export interface Wanted {
  /** The text of a kubeconfig, or paths of files as KUBECONFIG has them. */
  readonly source: string;
  readonly context: string | undefined;
  readonly cluster: string | undefined;
}

/** The connection that a context of a kubeconfig describes. Where several files name the same thing, the first counts. */
export const connectionOf = ({ source, context: wanted, cluster: wantedCluster }: Wanted): Connection => {
  const files = textsOf(source).map(({ text, directory }) => ({ directory, config: parsed(text, source) }));
  const name = wanted || files.map(({ config }) => config["current-context"]).find((each) => each !== undefined && each !== "");
  const contexts = files.flatMap(({ config }) => config.contexts ?? []);
  const chosen = contexts.find((each) => each.name === name)?.context;
  if (name === undefined || chosen === undefined) throw unknownContext(name, contexts);
  const clusterName = wantedCluster || chosen.cluster;
  const target = files.flatMap(clustersOf).find((each) => each.name === clusterName);
  if (target === undefined) throw broken(`context ${name} names the cluster ${clusterName}, which the kubeconfig does not have`);
  const login = files.flatMap(usersOf).find((each) => each.name === chosen.user);
  for (const way of ["exec", "auth-provider", "username"])
    if (login?.user[way] !== undefined) throw broken(`user ${login.name} logs in by "${way}", which this plugin cannot do`);
  return {
    context: name,
    server: target.cluster.server.replace(/\/$/, ""),
    namespace: chosen.namespace,
    ca: bytesOf(target.cluster["certificate-authority-data"], target.cluster["certificate-authority"], target.directory),
    verifies: !target.cluster["insecure-skip-tls-verify"],
    ...credentialsOf(login),
  };
};

type File = { readonly directory: string; readonly config: Kubeconfig };

const clustersOf = ({ directory, config }: File) => (config.clusters ?? []).map((each) => ({ ...each, directory }));
const usersOf = ({ directory, config }: File) => (config.users ?? []).map((each) => ({ ...each, directory }));

const credentialsOf = (login: ReturnType<typeof usersOf>[number] | undefined): Pick<Connection, "token" | "certificate" | "key"> => {
  if (login === undefined) return { token: undefined, certificate: undefined, key: undefined };
  const { user: given, directory } = login;
  return {
    token: given.token ?? bytesOf(undefined, given.tokenFile, directory)?.toString("utf8").trim(),
    certificate: bytesOf(given["client-certificate-data"], given["client-certificate"], directory),
    key: bytesOf(given["client-key-data"], given["client-key"], directory),
  };
};

const bytesOf = (data: string | undefined, path: string | undefined, directory: string): Buffer | undefined => {
  if (data !== undefined) return Buffer.from(data, "base64");
  return path === undefined ? undefined : readFileSync(resolve(directory, path));
};

const textsOf = (source: string): readonly { text: string; directory: string }[] => {
  if (source.includes("\n") || source.trimStart().startsWith("{")) return [{ text: source, directory: "." }];
  return source
    .split(":")
    .filter((path) => path !== "")
    .map((path) => {
      try {
        return { text: readFileSync(path, "utf8"), directory: dirname(path) };
      } catch (thrown) {
        throw broken(`${path} cannot be read (${messageOf(thrown)})`);
      }
    });
};

const parsed = (text: string, source: string): Kubeconfig => {
  const result = kubeconfig.safeParse(parse(text));
  if (result.success) return result.data;
  throw broken(`${source.includes("\n") ? "its text" : source} is none: ${z.prettifyError(result.error)}`);
};

const broken = (why: string): LifeboatError =>
  new LifeboatError({
    code: "configuration",
    what: "The kubernetes provider cannot use its kubeconfig",
    received: why,
    hint: "Set the provider's kubeconfig, or KUBECONFIG in the environment, to a kubeconfig with a server and a token or a client certificate",
  });

const unknownContext = (name: string | undefined, contexts: readonly { readonly name: string }[]): LifeboatError => {
  const known = contexts.map((each) => each.name);
  return new LifeboatError({
    code: "configuration",
    what: "The kubernetes provider's context is not in the kubeconfig",
    received: name ?? "no context, and the kubeconfig has no current-context",
    allowed: known.length === 0 ? "none: the kubeconfig has no contexts" : known.join(", "),
    hint: "Set the provider's context to one of these, or KUBECONFIG to the file that has it",
  });
};
