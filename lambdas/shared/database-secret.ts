import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type DatabaseEndpoint, DatabaseSecret } from "../../recovery/catalogue/standing";
import { LifeboatError } from "../../recovery/errors";
import type { DatabaseLogin } from "./database";

/** How a database is connected to, by the secret that its endpoint names. */
export type FindLogin = (endpoint: DatabaseEndpoint) => Promise<DatabaseLogin>;

export const secretsManagerLogin =
  (client: SecretsManagerClient): FindLogin =>
  async (endpoint) => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: endpoint.secretArn }));
    return loginOf(endpoint, SecretString);
  };

/** The login of an endpoint, from its secret's text. A secret of another server is refused: its password must not be shown to this one. */
export const loginOf = (endpoint: DatabaseEndpoint, text: string | undefined): DatabaseLogin => {
  const { host, port, database } = endpoint;
  const secret = DatabaseSecret.safeParse(jsonOrNothing(text)).data;
  if (secret === undefined)
    throw refused(endpoint, "a secret of another form", "engine, host, port, dbname, username and password, as JSON");
  if (secret.host !== host || secret.port !== port || secret.dbname !== database)
    throw refused(endpoint, `a secret of ${secret.host}:${secret.port}/${secret.dbname}`, `a secret of ${host}:${port}/${database}`);
  return { host, port, database, username: secret.username, password: secret.password };
};

// Node quotes the text in its message: a malformed secret would be logged.
const jsonOrNothing = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
};

const refused = ({ secretArn }: DatabaseEndpoint, received: string, allowed: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: `The secret ${secretArn} does not lead to the restored database`,
    received,
    allowed,
    hint: "Let `dr` write it: the secret and the database come from one program",
  });
