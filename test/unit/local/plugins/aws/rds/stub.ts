import { RDSClient, RDSServiceException } from "@aws-sdk/client-rds";
import type { AwsContext } from "../../../../../../local/plugins/aws/context";

/** A call as the SDK would send it. */
export interface Sent {
  readonly region: string;
  readonly command: string;
  readonly input: object;
}

/** What RDS answers, by command; a command without an answer is an error, so that no call passes unseen. */
export type Answers = { readonly [command: string]: (input: object) => object };

export const refusal = (name: string, message: string): RDSServiceException =>
  new RDSServiceException({ name, message, $fault: "client", $metadata: {} });

function stubClient(region: string, answers: Answers, sent: Sent[]): RDSClient {
  const client = new RDSClient({ region, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
  client.middlewareStack.add(
    (_next, { commandName = "" }) =>
      async ({ input }) => {
        const command = commandName.replace(/Command$/, "");
        sent.push({ region, command, input });
        const answer = answers[command];
        if (answer === undefined) throw new Error(`the stub has no answer to ${command}`);
        return { output: { $metadata: {}, ...answer(input) }, response: {} };
      },
    { step: "initialize" },
  );
  return client;
}

export interface Stub {
  readonly context: AwsContext;
  readonly sent: readonly Sent[];
  /** The inputs of all calls of one command. */
  inputsOf(command: string): readonly object[];
}

/** An RDS that answers from `answers`, in every region. */
export function stubRds(answers: Answers): Stub {
  const sent: Sent[] = [];
  const context: AwsContext = {
    region: "eu-west-1",
    defaultTags: {},
    client(type, region = "eu-west-1") {
      const client = stubClient(region, answers, sent);
      if (client instanceof type) return client;
      throw new Error(`the stub is no ${type.name}`);
    },
    account: async () => "000000000000",
  };
  return { context, sent, inputsOf: (command) => sent.filter((call) => call.command === command).map(({ input }) => input) };
}

/** The values that a call really carries. */
export const given = (input: object | undefined): object =>
  Object.fromEntries(Object.entries(input ?? {}).filter(([, value]) => value !== undefined));
