import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor, type Mocks } from "@pulumi/pulumi/runtime/mocks";
import { messageOf } from "../../../recovery/errors";
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
    recording.invokes.push({ token, inputs, place: placeOf(provider) });
    return withDetails(() => answerInvoke(token, inputs, system, world));
  },
});

/** A failed invoke reaches the program with the details that gRPC gives an error, and with nothing else of it. */
const withDetails = <T>(answer: () => T): T => {
  try {
    return answer();
  } catch (error) {
    throw Object.assign(new Error(messageOf(error)), { details: messageOf(error) });
  }
};

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
  const restoreLog = kept(recording);
  // The first call says which features the engine has, the second gives it our monitor.
  await pulumi.runtime.setMocks(mocks, "lifeboat", stack);
  pulumi.runtime.setMockOptions(new RecordingMonitor(mocks, recording), "lifeboat", stack);
  const restore = () => {
    restoreTraces();
    restoreLog();
  };
  return { recording, settled: () => pulumi.runtime.disconnect().finally(restore) };
};

/** There is no engine to log to. */
const kept = (recording: Recording): (() => void) => {
  const keep = async (message: string) => void recording.messages.push(message);
  const spies = [jest.spyOn(pulumi.log, "info"), jest.spyOn(pulumi.log, "warn")].map((spy) => spy.mockImplementation(keep));
  return () => {
    for (const spy of spies) spy.mockRestore();
  };
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
