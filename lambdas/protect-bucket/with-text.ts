import type { S3Client } from "@aws-sdk/client-s3";

export interface WithText<Output> {
  readonly output: Output;
  /** The answer's body as it came. */
  readonly text: string;
}

const NAME = "answerText";

/** One call with the text that was answered, beside what the client made of it. Nothing else is sent through the client meanwhile. */
export const withText = async <Output>(client: S3Client, send: (client: S3Client) => Promise<Output>): Promise<WithText<Output>> => {
  let text = "";
  client.middlewareStack.addRelativeTo(
    <Args, Result extends { readonly response: unknown }>(next: (args: Args) => Promise<Result>) =>
      async (args: Args): Promise<Result> => {
        const result = await next(args);
        const { response } = result;
        if (typeof response === "object" && response !== null && "body" in response) {
          const bytes = await client.config.streamCollector(response.body);
          text = Buffer.from(bytes).toString("utf8");
          response.body = bytes;
        }
        return result;
      },
    { name: NAME, relation: "after", toMiddleware: "deserializerMiddleware", override: true },
  );
  try {
    return { output: await send(client), text };
  } finally {
    client.middlewareStack.remove(NAME);
  }
};
