import type { Tags } from "../common";
import type { Environment } from "../configuration";

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const isEndpoint = (name: string): boolean => name === "AWS_ENDPOINT_URL" || name.startsWith("AWS_ENDPOINT_URL_");

/** The file of further CAs that Node trusts. https://nodejs.org/api/cli.html#node_extra_ca_certsfile */
const authorities = "NODE_EXTRA_CA_CERTS";

const authoritiesOf = (environment: Environment): string | undefined => environment[authorities] || undefined;

/**
 * What a function gets so that it reaches the embedded AWS from this host, beside what the program sets: the endpoints that the plugin
 * itself calls, so that outages and the call log see it, where the program's own win; and the file of the embedded AWS's CAs in place of
 * the program's, which is a path of Lambda's runtimes that does not exist here. None of it reaches the state.
 */
export function withHostVariables(variables: Tags | undefined, environment: Environment): Tags | undefined {
  const endpoints: Tags = {};
  for (const [name, value] of Object.entries(environment))
    if (isEndpoint(name) && value !== undefined && value !== "") endpoints[name] = value;
  const trusted = authoritiesOf(environment);
  const all = { ...endpoints, ...variables, ...(trusted === undefined ? {} : { [authorities]: trusted }) };
  return variables === undefined && Object.keys(all).length === 0 ? undefined : all;
}

/** The variables as the program set them, without the host's: `written` is what the state knows of. */
export function withoutHostVariables(found: Tags | undefined, written: Tags | undefined, environment: Environment): Tags | undefined {
  const isReplaced = (name: string): boolean => name === authorities && authoritiesOf(environment) !== undefined;
  const own: Tags = {};
  for (const [name, value] of Object.entries(found ?? {})) {
    const given = written?.[name];
    if (isReplaced(name)) {
      if (given !== undefined) own[name] = given;
    } else if (!isEndpoint(name) || given !== undefined) own[name] = value;
  }
  return Object.keys(own).length === 0 && written === undefined ? undefined : own;
}
