import type { Tags } from "../common";
import type { Environment } from "../configuration";

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const isEndpoint = (name: string): boolean => name === "AWS_ENDPOINT_URL" || name.startsWith("AWS_ENDPOINT_URL_");

/**
 * A function must call the embedded AWS where the plugin itself calls it, so that outages and the call log see it. The program does not know:
 * these variables reach the API and never the state. What the program sets itself wins.
 */
export function withEndpoints(variables: Tags | undefined, environment: Environment): Tags | undefined {
  const endpoints: Tags = {};
  for (const [name, value] of Object.entries(environment))
    if (isEndpoint(name) && value !== undefined && value !== "") endpoints[name] = value;
  if (variables === undefined && Object.keys(endpoints).length === 0) return undefined;
  return { ...endpoints, ...variables };
}

/** The variables that the program set: `written` is what the state knows of. */
export function withoutEndpoints(found: Tags | undefined, written: Tags | undefined): Tags | undefined {
  const own: Tags = {};
  for (const [name, value] of Object.entries(found ?? {})) if (!isEndpoint(name) || written?.[name] !== undefined) own[name] = value;
  return Object.keys(own).length === 0 && written === undefined ? undefined : own;
}
