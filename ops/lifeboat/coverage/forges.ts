import * as z from "zod";
import type { CoverageEvent } from "../../../lambdas/coverage/events";
import { type Forge, type ForgeKind, tokenVariableOf } from "../../../recovery/coverage/forge";
import { repositoryPlace } from "../../../recovery/coverage/repository";
import { messageOf } from "../../../recovery/errors";

/** A repository as a forge lists it: its name there, and the URLs that it may be configured by. */
interface ForgeRepository {
  readonly name: string;
  readonly urls: readonly string[];
}

export type ListedRepositories = NonNullable<CoverageEvent["repositories"]>;

interface Api {
  /** The path of a page of a list, from 1 on. */
  readonly path: (organisation: string, page: number) => string;
  readonly authorization: (token: string) => Readonly<Record<string, string>>;
  readonly repository: z.ZodType<ForgeRepository>;
}

const GitHubLike = z
  .object({ full_name: z.string(), clone_url: z.string(), ssh_url: z.string() })
  .transform(({ full_name: name, clone_url, ssh_url }) => ({ name, urls: [clone_url, ssh_url] }));

const APIS: Readonly<Record<ForgeKind, Api>> = {
  // https://docs.github.com/en/rest/repos/repos#list-organization-repositories
  github: {
    path: (organisation, page) => `/orgs/${encodeURIComponent(organisation)}/repos?type=all&per_page=100&page=${page}`,
    authorization: (token) => ({ authorization: `Bearer ${token}`, accept: "application/vnd.github+json" }),
    repository: GitHubLike,
  },
  // https://docs.gitlab.com/api/groups/#list-projects
  gitlab: {
    path: (group, page) =>
      `/groups/${encodeURIComponent(group)}/projects?include_subgroups=true&with_shared=false&per_page=100&page=${page}`,
    authorization: (token) => ({ "private-token": token }),
    repository: z
      .object({ path_with_namespace: z.string(), http_url_to_repo: z.string(), ssh_url_to_repo: z.string() })
      .transform(({ path_with_namespace: name, http_url_to_repo, ssh_url_to_repo }) => ({
        name,
        urls: [http_url_to_repo, ssh_url_to_repo],
      })),
  },
  // https://docs.gitea.com/api/ (organization: List an organization's repos)
  gitea: {
    path: (organisation, page) => `/orgs/${encodeURIComponent(organisation)}/repos?limit=50&page=${page}`,
    authorization: (token) => ({ authorization: `token ${token}` }),
    repository: GitHubLike,
  },
};

const ANSWERED_WITHIN_MS = 30_000;
/** A server that answers each page with the same one must not be asked for ever. */
const MAX_PAGES = 1_000;

/**
 * The repositories of the forges that none of these URLs means, by name, or why nobody knows; undefined where no forge is configured. One that cannot be
 * listed makes the whole unknown.
 */
export const listRepositories = async (
  forges: readonly Forge[],
  configuredUrls: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  listing: (forge: string, fraction: number) => void = () => undefined,
): Promise<ListedRepositories | undefined> => {
  if (forges.length === 0) return undefined;
  const found: ForgeRepository[] = [];
  for (const [index, forge] of forges.entries()) {
    const place = `${forge.organisation} at ${forge.url}`;
    listing(place, index / forges.length);
    const token = environment[tokenVariableOf(forge)];
    // Without one a forge answers with what is public, which would be taken for all.
    if (token === undefined || token === "")
      return { problem: `${place}: ${tokenVariableOf(forge)} holds no token; without one: --without-repositories` };
    try {
      found.push(...(await repositoriesOf(forge, token)));
    } catch (error) {
      return { problem: `${place}: ${messageOf(error)}` };
    }
  }
  const configured = new Set(configuredUrls.map(repositoryPlace));
  return { found: found.filter(({ urls }) => !urls.some((url) => configured.has(repositoryPlace(url)))).map(({ name }) => name) };
};

const repositoriesOf = async ({ kind, url, organisation }: Forge, token: string): Promise<readonly ForgeRepository[]> => {
  const { path, authorization, repository } = APIS[kind];
  const found: ForgeRepository[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const response = await fetch(`${url.replace(/\/+$/, "")}${path(organisation, page)}`, {
      headers: authorization(token),
      signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
    const listed = z.array(repository).parse(await response.json());
    // How many a page holds is the server's to limit: only an empty one is the end.
    if (listed.length === 0) return found;
    found.push(...listed);
  }
  throw new Error(`it has no end after ${MAX_PAGES} pages`);
};
