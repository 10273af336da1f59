import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor, type Mocks } from "@pulumi/pulumi/runtime/mocks";
import { outputsOf } from "./outputs";
import { placeOf, Recording, recordedFrom } from "./recording";
import { answerInvocation, answerInvoke, type World } from "./world";

type Answered = (error: Error | null, response?: RegisterResourceResponse) => void;

/** Pulumi's mock monitor, which also keeps what its mocks are not told: protection, dependencies, ignored changes. */
class RecordingMonitor extends MockMonitor {
  constructor(
    mocks: Mocks,
    private readonly recording: Recording,
  ) {
    super(mocks);
  }

  override registerResource(request: RegisterResourceRequest, answered: Answered): Promise<void> {
    return super.registerResource(request, (error, response: RegisterResourceResponse | undefined) => {
      if (response !== undefined) this.recording.resources.push(recordedFrom(response.getUrn(), request));
      answered(error, response);
    });
  }
}

const mocksOf = (recording: Recording, system: string, world: World): Mocks => ({
  newResource: ({ type, name, inputs, provider }) => {
    const outputs = outputsOf(type, name, inputs, placeOf(provider) ?? "");
    if (type !== "aws:lambda/invocation:Invocation") return outputs;
    return { ...outputs, state: { ...outputs.state, result: answerInvocation(inputs, system, world) } };
  },
  call: ({ token, inputs, provider }) => {
    recording.invokes.push({ token, place: placeOf(provider) });
    return answerInvoke(token, inputs, world);
  },
});

export interface Run {
  readonly stack: "prod" | "dr";
  readonly system: string;
  readonly world: World;
}

/** Prepares the runtime for one program; `settled` ends when every registration was answered. */
export const startRun = async ({ stack, system, world }: Run) => {
  const recording = new Recording();
  const mocks = mocksOf(recording, system, world);
  const restoreTraces = plainTraces();
  // The first call says which features the engine has, the second gives it our monitor.
  await pulumi.runtime.setMocks(mocks, "lifeboat", stack);
  pulumi.runtime.setMockOptions(new RecordingMonitor(mocks, recording), "lifeboat", stack);
  return { recording, settled: () => pulumi.runtime.disconnect().finally(restoreTraces) };
};

/** Pulumi takes a stack trace for each promise, and jest maps each of its hundred frames to the sources: more than half of a deployment's time. */
const plainTraces = (): (() => void) => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.prepareStackTrace = (error, frames) => [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
  Error.stackTraceLimit = 4;
  return () => {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  };
};
