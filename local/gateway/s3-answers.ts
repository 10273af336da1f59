import type { Answer } from "./upstream";

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export const xmlAnswer = (status: number, body: string): Answer => ({
  status,
  rawHeaders: ["Content-Type", "application/xml"],
  body: Buffer.from(body),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const s3Error = (status: number, code: string, message: string, resource: string): Answer =>
  xmlAnswer(
    status,
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped(message)}</Message><Resource>${escaped(resource)}</Resource></Error>`,
  );

/** The code of an S3 error body. */
export const s3ErrorCode = (body: Buffer): string | undefined => /<Code>([^<]+)<\/Code>/.exec(body.toString("utf8"))?.[1];
