import { randomBytes } from "node:crypto";
import { apiVersionOf, type Kind } from "./kinds";
import type { JsonObject, KubeObject } from "./object";
import { fieldTest, labelTest } from "./selectors";
import { badRequest, StatusError } from "./status";
import type { Store } from "./store";

interface Rest {
  readonly resourceVersion: string;
  readonly items: readonly KubeObject[];
}

/** How many lists can be read on at once: the oldest is forgotten, as a server forgets after minutes. */
const REMEMBERED = 50;

/**
 * Lists, in pages where they are asked for: those after the first show the objects as they were then.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
export class Lists {
  private readonly rests = new Map<string, Rest>();

  constructor(private readonly store: Store) {}

  page(kind: Kind, namespace: string | undefined, query: URLSearchParams): JsonObject {
    const limit = Number(query.get("limit") ?? 0);
    if (!Number.isInteger(limit) || limit < 0) throw badRequest(`limit: ${query.get("limit")} is no number of objects`);
    const { resourceVersion, items } = this.from(query.get("continue"), kind, namespace, query);
    const shown = limit === 0 ? items : items.slice(0, limit);
    const rest = items.slice(shown.length);
    const more = rest.length === 0 ? {} : { continue: this.remember({ resourceVersion, items: rest }), remainingItemCount: rest.length };
    return { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata: { resourceVersion, ...more }, items: shown };
  }

  private from(token: string | null, kind: Kind, namespace: string | undefined, query: URLSearchParams): Rest {
    if (token === null || token === "") {
      const labels = labelTest(query.get("labelSelector"));
      const fields = fieldTest(query.get("fieldSelector"));
      const items = this.store.list(kind, namespace).filter((object) => labels(object.metadata.labels ?? {}) && fields(object));
      return { resourceVersion: this.store.resourceVersion, items };
    }
    const rest = this.rests.get(token);
    if (rest === undefined)
      throw new StatusError(410, "Expired", "The provided continue parameter is too old to display a consistent list result.");
    return rest;
  }

  private remember(rest: Rest): string {
    const token = randomBytes(12).toString("base64url");
    this.rests.set(token, rest);
    const [oldest] = this.rests.keys();
    if (this.rests.size > REMEMBERED && oldest !== undefined) this.rests.delete(oldest);
    return token;
  }
}
