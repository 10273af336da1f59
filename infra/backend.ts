import { backendProblem, type Regions, type StackName } from "../recovery/backend";
import { LifeboatError } from "../recovery/errors";

/**
 * Refuses before anything is created when the stack's state would be lost with the region that it must outlive. The program sees the backend only
 * where the environment names it: `npm run lifeboat -- bootstrap --check` looks at the rest.
 */
export const requireBackend = (stack: StackName, regions: Regions, backendUrl: string | undefined): void => {
  if (backendUrl === undefined || backendUrl === "") return;
  const problem = backendProblem({ stack, backendUrl, regions });
  if (problem === undefined) return;
  throw new LifeboatError({
    code: "configuration",
    what: `Stack "${stack}" is on the wrong backend; nothing was created`,
    received: problem,
    allowed: "each stack's state in its own region, in a bucket that dr can open with the primary region gone",
    hint: "npm run lifeboat -- bootstrap makes the buckets and prints the lines to log in with (docs/bootstrap.md)",
  });
};
