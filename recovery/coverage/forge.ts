import * as z from "zod";

export const FORGE_KINDS = ["github", "gitlab", "gitea"] as const;
export type ForgeKind = (typeof FORGE_KINDS)[number];

/** Where a company keeps its repositories: what it has there is compared with what is exported. */
export const Forge = z.strictObject({
  kind: z.enum(FORGE_KINDS).describe("Whose API it speaks; Forgejo speaks Gitea's"),
  // A token is sent to it: without TLS only to a port of this machine, as one is that leads into a forge's network.
  url: z
    .string()
    .regex(/^(https:\/\/[^/]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)(\/.*)?$/, "an https URL such as https://api.github.com")
    .describe("Address of its API: `https://api.github.com`, `https://gitlab.com/api/v4`, `https://git.acme.example/api/v1`"),
  organisation: z.string().min(1).describe("Organisation, or GitLab's group with its subgroups, whose repositories are listed"),
  tokenVariable: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, "the name of an environment variable")
    .optional()
    .describe(
      "Environment variable of whoever runs `coverage` with a token that sees every repository; `GITHUB_TOKEN`, `GITLAB_TOKEN` or `GITEA_TOKEN` when not given",
    ),
});
export type Forge = z.infer<typeof Forge>;

export const tokenVariableOf = ({ kind, tokenVariable }: Forge): string => tokenVariable ?? `${kind.toUpperCase()}_TOKEN`;
