import type { S3ClientConfig } from "@aws-sdk/client-s3";

/** How long an answer may take. A listing's page takes a second where S3 is slow. Milliseconds. */
const ANSWER_MS = 20_000;

/** A lost region must be noticed long before a function's time is over: each attempt ends by itself, and there are four of them. */
export const patience = (answerMs: number = ANSWER_MS) =>
  ({
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: answerMs, socketTimeout: answerMs, throwOnRequestTimeout: true },
  }) satisfies S3ClientConfig;
