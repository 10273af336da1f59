import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { messageOf } from "../../recovery/errors";
import type { Association } from "./associations";
import type { PodAccount } from "./pod-account";
import type { AssumeForPod, RoleCredentials } from "./session";

export interface AgentOptions {
  readonly region: string;
  readonly now: () => Date;
  readonly associationOf: (namespace: string, serviceAccount: string) => Association | undefined;
  readonly assume: AssumeForPod;
}

/**
 * Gives pods the credentials of their service account's role, as EKS's agent on each node does: a pod has a token of its own in a file, and whoever
 * shows it is told the role's temporary credentials. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
 */
export interface PodIdentityAgent {
  /** The variables of a new pod's containers, which every SDK follows; none where nothing is associated. The token is put below `directory`. */
  variablesOf(pod: PodAccount, directory: string): Readonly<Record<string, string>>;
  forget(pod: Pick<PodAccount, "uid">): void;
  stop(): Promise<void>;
}

interface Holder {
  readonly pod: PodAccount;
  held?: { readonly roleArn: string; readonly credentials: Promise<RoleCredentials> };
}

const PATH = "/v1/credentials";
/** SDKs ask anew in the last quarter of an hour: what they get then must last. */
const RENEWED_BEFORE_END_MS = 20 * 60_000;

export const startPodIdentityAgent = async (options: AgentOptions): Promise<PodIdentityAgent> => {
  const holders = new Map<string, Holder>();
  const server = createServer((request, response) => {
    answer(options, request, holders).then(
      ({ status, content }) => reply(response, status, content),
      (thrown: unknown) => reply(response, 500, { message: messageOf(thrown) }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    variablesOf: (pod, directory): Readonly<Record<string, string>> => {
      if (options.associationOf(pod.namespace, pod.serviceAccount) === undefined) return {};
      const token = randomBytes(32).toString("base64url");
      holders.set(token, { pod });
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const file = join(directory, "eks-pod-identity-token");
      writeFileSync(file, token, { mode: 0o600 });
      return {
        AWS_STS_REGIONAL_ENDPOINTS: "regional",
        AWS_DEFAULT_REGION: options.region,
        AWS_REGION: options.region,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}${PATH}`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
      };
    },
    forget: ({ uid }) => {
      for (const [token, { pod }] of holders) if (pod.uid === uid) holders.delete(token);
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
};

interface Told {
  readonly status: number;
  readonly content: unknown;
}

const answer = async (options: AgentOptions, request: IncomingMessage, holders: ReadonlyMap<string, Holder>): Promise<Told> => {
  if (request.method !== "GET" || request.url !== PATH) return { status: 404, content: { message: `there is ${PATH} only` } };
  const holder = holders.get(request.headers.authorization ?? "");
  if (holder === undefined) return { status: 401, content: { message: "the token is none of a pod of this cluster" } };
  const association = options.associationOf(holder.pod.namespace, holder.pod.serviceAccount);
  if (association === undefined) return { status: 404, content: { message: "the service account has no role any more" } };
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await credentialsOf(options, holder, association.roleArn);
  return {
    status: 200,
    content: { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, Expiration: expiration.toISOString() },
  };
};

/** Those that are held, while they last and the role is the same; two that ask at once share one call. */
const credentialsOf = async ({ assume, now }: AgentOptions, holder: Holder, roleArn: string): Promise<RoleCredentials> => {
  const held = holder.held?.roleArn === roleArn ? await holder.held.credentials.catch(() => undefined) : undefined;
  if (held !== undefined && held.expiration.getTime() - now().getTime() > RENEWED_BEFORE_END_MS) return held;
  const credentials = assume(roleArn, holder.pod);
  holder.held = { roleArn, credentials };
  return credentials;
};

const reply = (response: ServerResponse, status: number, content: unknown): void => {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(content));
};
