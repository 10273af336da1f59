import type { Associations } from "./associations";
import { invalidParameter, notFound, notImplemented } from "./errors";
import { associationSummary, associationView, CreateInput, parseBody, TagInput, UpdateInput } from "./shapes";

export interface EksCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

const ASSOCIATIONS = /^\/clusters\/([^/]+)\/pod-identity-associations(?:\/([^/]+))?$/;
const TAGS = /^\/tags\/(.+)$/;
const ASSOCIATION_ARN = /:podidentityassociation\/([^/]+)\/([^/]+)$/;
/** https://docs.aws.amazon.com/eks/latest/APIReference/API_ListPodIdentityAssociations.html */
const PAGE = 100;

/** What is answered to a call, as JSON. @throws EksError */
export const operate = (call: EksCall, clusterNamed: (name: string) => Associations | undefined): unknown => {
  const cluster = (name: string): Associations => {
    const found = clusterNamed(name);
    if (found === undefined) throw notFound(`No cluster found for name: ${name}.`);
    return found;
  };
  const [, clusterName, id] = ASSOCIATIONS.exec(call.path) ?? [];
  if (clusterName !== undefined) {
    const associations = cluster(decodeURIComponent(clusterName));
    return id === undefined ? ofCluster(call, associations) : ofAssociation(call, associations, decodeURIComponent(id));
  }
  const arn = TAGS.exec(call.path)?.[1];
  if (arn !== undefined) return ofTags(call, decodeURIComponent(arn), cluster);
  throw notImplemented(`${call.method} ${call.path}`);
};

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

const ofTags = ({ method, query, body }: EksCall, arn: string, cluster: (name: string) => Associations): unknown => {
  const [, clusterName, id] = ASSOCIATION_ARN.exec(arn) ?? [];
  if (clusterName === undefined || id === undefined) throw notImplemented(`tags of ${arn}`);
  const associations = cluster(clusterName);
  if (method === "GET") return { tags: associations.get(id).tags };
  if (method === "POST") associations.tag(id, parseBody(TagInput, body).tags);
  else if (method === "DELETE") associations.untag(id, query.getAll("tagKeys"));
  else throw notImplemented(`${method} on tags`);
  return {};
};
