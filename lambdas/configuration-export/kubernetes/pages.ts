import * as z from "zod";
import { KubernetesObject } from "../../../recovery/configuration/kubernetes/object";
import { LifeboatError } from "../../../recovery/errors";
import type { KubernetesApi } from "./api";
import type { ExportedKind } from "./discovery";
import { collectionPath } from "./paths";

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
const Page = z.object({
  metadata: z.object({ continue: z.string().optional() }),
  items: z.array(z.looseObject({})).nullish(),
});

/** Objects of a page: the largest that etcd keeps is 1.5 MB. */
const FIRST_LIMIT = 100;
const BEGINNINGS = 12;

/**
 * All objects of a kind in a namespace, page by page. A list that the server no longer knows the place in, or whose page is too large to be carried, is
 * begun again: objects may come twice, and the later one counts.
 */
export async function* pagesOf(api: KubernetesApi, kind: ExportedKind, namespace: string): AsyncGenerator<readonly KubernetesObject[]> {
  let limit = FIRST_LIMIT;
  for (let beginning = 1; beginning <= BEGINNINGS; beginning += 1) {
    let next: string | undefined = "";
    while (next !== undefined) {
      const query: string = new URLSearchParams({ limit: String(limit), ...(next === "" ? {} : { continue: next }) }).toString();
      const read = await api.page(`${collectionPath(kind, namespace)}?${query}`);
      if (read === "too-large") limit = Math.max(1, Math.floor(limit / 4));
      if (typeof read === "string") break;
      // A kind that was taken away since it was discovered has no objects.
      if (read.content === undefined) return;
      const { metadata, items } = Page.parse(read.content);
      yield (items ?? []).map((item) => objectOf(kind, item));
      next = metadata.continue === "" ? undefined : metadata.continue;
    }
    if (next === undefined) return;
  }
  throw new LifeboatError({
    code: "store-unavailable",
    what: `The list of ${kind.plural} in ${namespace} could not be read to its end`,
    received: `${BEGINNINGS} beginnings`,
    hint: "The next run tries again; look for objects of megabytes, or an API server that forgets within seconds",
  });
}

/** Items of a list do not say what they are where the list does. */
const objectOf = ({ apiVersion, kind }: ExportedKind, item: Readonly<Record<string, unknown>>): KubernetesObject =>
  KubernetesObject.parse({ apiVersion, kind, ...item });
