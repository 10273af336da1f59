import { LifeboatError } from "../../recovery/errors";
import type { FunctionDefinition } from "./definition";

/** Of all variables of a function together, as Lambda measures them: as JSON. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BYTES = 4096;
/** For what is known only when other resources exist: the system's name, a URL, and the ARNs of two keys. */
const KEPT_BYTES = 512;

/**
 * The definition, when its variables fit. AWS refuses a function whose variables do not, in the middle of a deploy.
 * @throws LifeboatError `configuration` with the largest variable, when they do not
 */
export const fitting = (definition: FunctionDefinition): FunctionDefinition => {
  const bytes = bytesOf(definition.environment);
  if (bytes <= MAX_BYTES - KEPT_BYTES) return definition;
  const [largest = ""] = Object.entries(definition.environment)
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([name]) => name);
  throw new LifeboatError({
    code: "configuration",
    what: `What the function ${definition.name} is told is more than Lambda takes; nothing was deployed`,
    received: `${bytes} bytes of environment variables, most of them in ${largest}`,
    allowed: `${MAX_BYTES - KEPT_BYTES} bytes`,
    hint: "Shorten the lists of the configuration that this function is told: one prefix may stand for many names",
  });
};

const bytesOf = (environment: FunctionDefinition["environment"]): number => Buffer.byteLength(JSON.stringify(environment));
