import type { ServerResponse } from "node:http";
import type { KubeObject } from "./object";
import type { Route } from "./paths";
import { fieldTest, labelTest } from "./selectors";
import { StatusError } from "./status";
import type { Change, Store } from "./store";

/** How many changes a client may fall behind before it has to list again (410 Gone). */
const HISTORY = 5_000;

/** The last changes of a store, for watches that resume from a resource version. */
export class History {
  private readonly changes: Change[] = [];

  constructor(store: Store) {
    store.onChange((change) => {
      this.changes.push(change);
      if (this.changes.length > HISTORY) this.changes.shift();
    });
  }

  since(version: number): readonly Change[] {
    const first = this.changes[0];
    if (first !== undefined && this.changes.length === HISTORY && versionOf(first) > version + 1)
      throw new StatusError(410, "Expired", `too old resource version: ${version} (${versionOf(first)})`);
    return this.changes.filter((change) => versionOf(change) > version);
  }
}

const versionOf = (change: Change): number => Number(change.object.metadata.resourceVersion);

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
export const streamChanges = (
  store: Store,
  history: History,
  { kind, namespace }: Route,
  query: URLSearchParams,
  response: ServerResponse,
): void => {
  const labels = labelTest(query.get("labelSelector"));
  const fields = fieldTest(query.get("fieldSelector"));
  const wanted = (object: KubeObject): boolean =>
    (namespace === undefined || object.metadata.namespace === namespace) && labels(object.metadata.labels ?? {}) && fields(object);
  const tell = (type: string, object: KubeObject): void => void response.write(`${JSON.stringify({ type, object })}\n`);
  const pass = (change: Change): void => {
    if (change.kind === kind && wanted(change.object)) tell(change.type, change.object);
  };

  const version = query.get("resourceVersion");
  const missed = version === null || version === "" || version === "0" ? undefined : history.since(Number(version));
  response.writeHead(200, { "content-type": "application/json", "transfer-encoding": "chunked" });
  response.flushHeaders();
  if (missed === undefined) for (const object of store.list(kind, namespace).filter(wanted)) tell("ADDED", object);
  else for (const change of missed) pass(change);

  const end = store.onChange(pass);
  const seconds = Number(query.get("timeoutSeconds") ?? 0);
  const timer = seconds > 0 ? setTimeout(() => response.end(), seconds * 1000) : undefined;
  response.once("close", () => {
    clearTimeout(timer);
    end();
  });
};
