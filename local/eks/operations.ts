import type { AccessEntries } from "./access";
import { ACCESS_ENTRIES, operateAccess } from "./access-operations";
import type { Associations } from "./associations";
import { invalidParameter, notFound, notImplemented } from "./errors";
import { associationSummary, associationView, CreateInput, parseBody, TagInput, UpdateInput } from "./shapes";

export interface EksCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/** What there is of a cluster. */
export interface Cluster {
  readonly name: string;
  readonly arn: string;
  /** Where its API is; undefined where none runs. */
  readonly endpoint: string | undefined;
  readonly associations: Associations;
  readonly access: AccessEntries;
}

const CLUSTER = /^\/clusters\/([^/]+)$/;
const ASSOCIATIONS = /^\/clusters\/([^/]+)\/pod-identity-associations(?:\/([^/]+))?$/;
const TAGS = /^\/tags\/(.+)$/;
const ACCESS_ENTRY_ARN = /:access-entry\/([^/]+)\//;
const ASSOCIATION_ARN = /:podidentityassociation\/([^/]+)\/([^/]+)$/;
/** https://docs.aws.amazon.com/eks/latest/APIReference/API_ListPodIdentityAssociations.html */
const PAGE = 100;

/** What is answered to a call, as JSON. @throws EksError */
export const operate = (call: EksCall, clusterNamed: (name: string) => Cluster | undefined): unknown => {
  const cluster = (name: string): Cluster => {
    const found = clusterNamed(name);
    if (found === undefined) throw notFound(`No cluster found for name: ${name}.`);
    return found;
  };
  const [, described] = CLUSTER.exec(call.path) ?? [];
  if (described !== undefined && call.method === "GET") return { cluster: clusterView(cluster(decodeURIComponent(described))) };
  const [, accessed, principal, policies, policy] = ACCESS_ENTRIES.exec(call.path) ?? [];
  if (accessed !== undefined)
    return operateAccess(
      {
        ...{ method: call.method, body: call.body, policies: policies !== undefined },
        ...(principal === undefined ? {} : { principalArn: decodeURIComponent(principal) }),
        ...(policy === undefined ? {} : { policyArn: decodeURIComponent(policy) }),
      },
      cluster(decodeURIComponent(accessed)).access,
    );
  const [, clusterName, id] = ASSOCIATIONS.exec(call.path) ?? [];
  if (clusterName !== undefined) {
    const { associations } = cluster(decodeURIComponent(clusterName));
    return id === undefined ? ofCluster(call, associations) : ofAssociation(call, associations, decodeURIComponent(id));
  }
  const arn = TAGS.exec(call.path)?.[1];
  if (arn !== undefined) return ofTags(call, decodeURIComponent(arn), cluster);
  throw notImplemented(`${call.method} ${call.path}`);
};

/** An authority signs nothing here: the API speaks no TLS. https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html */
const clusterView = ({ name, arn, endpoint }: Cluster) => ({
  ...{ name, arn, status: endpoint === undefined ? "CREATING" : "ACTIVE" },
  ...(endpoint === undefined ? {} : { endpoint }),
  accessConfig: { authenticationMode: "API" },
});

const ofCluster = ({ method, query, body }: EksCall, associations: Associations): unknown => {
  if (method === "POST") return { association: associationView(associations.create(parseBody(CreateInput, body))) };
  if (method === "GET") return page(query, associations);
  throw notImplemented(`${method} on the associations of a cluster`);
};

/** The token is the last id of the page before. */
const page = (query: URLSearchParams, associations: Associations): unknown => {
  const size = Number(query.get("maxResults") ?? PAGE);
  if (!Number.isInteger(size) || size < 1 || size > PAGE) throw invalidParameter(`maxResults: a number from 1 to ${PAGE}`);
  const after = query.get("nextToken");
  const filter = { namespace: query.get("namespace") ?? undefined, serviceAccount: query.get("serviceAccount") ?? undefined };
  const rest = associations.list(filter).filter(({ associationId }) => after === null || associationId > after);
  const shown = rest.slice(0, size);
  const nextToken = rest.length > size ? shown.at(-1)?.associationId : undefined;
  return { associations: shown.map(associationSummary), ...(nextToken === undefined ? {} : { nextToken }) };
};

const ofAssociation = ({ method, body }: EksCall, associations: Associations, id: string): unknown => {
  if (method === "GET") return { association: associationView(associations.get(id)) };
  if (method === "POST") return { association: associationView(associations.update(id, parseBody(UpdateInput, body).roleArn)) };
  if (method === "DELETE") return { association: associationView(associations.delete(id)) };
  throw notImplemented(`${method} on an association`);
};

const ofTags = (call: EksCall, arn: string, cluster: (name: string) => Cluster): unknown => {
  const { method, query, body } = call;
  const [, owner] = ACCESS_ENTRY_ARN.exec(arn) ?? [];
  if (owner !== undefined) return ofEntryTags(call, arn, cluster(owner).access);
  const [, clusterName, id] = ASSOCIATION_ARN.exec(arn) ?? [];
  if (clusterName === undefined || id === undefined) throw notImplemented(`tags of ${arn}`);
  const { associations } = cluster(clusterName);
  if (method === "GET") return { tags: associations.get(id).tags };
  if (method === "POST") associations.tag(id, parseBody(TagInput, body).tags);
  else if (method === "DELETE") associations.untag(id, query.getAll("tagKeys"));
  else throw notImplemented(`${method} on tags`);
  return {};
};

const ofEntryTags = ({ method, query, body }: EksCall, arn: string, access: AccessEntries): unknown => {
  const entry = access.ofArn(arn);
  if (method === "GET") return { tags: entry.tags };
  const gone = query.getAll("tagKeys");
  if (method === "POST") access.setTags(entry, { ...entry.tags, ...parseBody(TagInput, body).tags });
  else if (method === "DELETE")
    access.setTags(entry, Object.fromEntries(Object.entries(entry.tags).filter(([key]) => !gone.includes(key))));
  else throw notImplemented(`${method} on tags`);
  return {};
};
