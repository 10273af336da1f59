/** What the states of an export call. */
export interface ExportStates {
  readonly functionArn: string;
  /** Longest time of one call. Seconds. */
  readonly callSeconds: number;
  /** Longest time of all of it. Seconds. */
  readonly maxSeconds: number;
  /** Pieces at once. */
  readonly concurrency: number;
}

/** Every step may be called again, so every failure is tried again: a killed worker, a server that restarts, a bucket that answers 503. */
const RETRY = [
  { ErrorEquals: ["States.ALL"], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 5, MaxDelaySeconds: 60, JitterStrategy: "FULL" },
];

/** Of what a function answers only its result goes on. https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html */
const call = ({ functionArn, callSeconds }: ExportStates, payload: Readonly<Record<string, unknown>>) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Parameters: { FunctionName: functionArn, Payload: payload },
  OutputPath: "$.Payload",
  // A call that was never answered is one that failed.
  TimeoutSeconds: callSeconds + 30,
  Retry: RETRY,
});

/**
 * An export as a state machine: ids are listed and cut into pieces, the pieces are exported so many at a time, and their results become the manifest.
 * What passes from state to state is numbers and the point's id; everything else is in checkpoints.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */
export const exportStates = (states: ExportStates): string =>
  JSON.stringify({
    Comment: "Exports every Chroma collection: plan, pieces, finish",
    StartAt: "Plan",
    TimeoutSeconds: states.maxSeconds,
    States: {
      // Name and start are the same at each attempt, so that the point's id is.
      Plan: { ...call(states, { step: "plan", "run.$": "$$.Execution.Name", "startedAt.$": "$$.Execution.StartTime" }), Next: "Pieces" },
      Pieces: {
        Type: "Map",
        ItemsPath: "$.pieces",
        ItemSelector: { "pointId.$": "$.pointId", "piece.$": "$$.Map.Item.Value" },
        MaxConcurrency: states.concurrency,
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "Piece",
          States: { Piece: { ...call(states, { step: "piece", "pointId.$": "$.pointId", "piece.$": "$.piece" }), End: true } },
        },
        ResultPath: null,
        Next: "Finish",
      },
      Finish: { ...call(states, { step: "finish", "pointId.$": "$.pointId" }), End: true },
    },
  });
