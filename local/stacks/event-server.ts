import * as grpc from "@grpc/grpc-js";
import { EventsService, type IEventsServer } from "@pulumi/pulumi/proto/events_grpc_pb";
import type { EventRequest } from "@pulumi/pulumi/proto/events_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** Receives the engine's events while they happen, as the Automation API does: `--event-log tcp://127.0.0.1:PORT`. */
export const startEventServer = async (onEvent: (json: string) => void): Promise<{ address: string; stop(): void }> => {
  const service: IEventsServer = {
    streamEvents: (call, callback) => {
      call.on("data", (request: EventRequest) => onEvent(request.getEvent()));
      call.on("end", () => callback(null, new Empty()));
      // The CLI was killed: its exit says so.
      call.on("error", () => undefined);
    },
  };
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(EventsService, service);
  const port = await new Promise<number>((done, fail) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? done(bound) : fail(error),
    ),
  );
  return { address: `tcp://127.0.0.1:${port}`, stop: () => server.forceShutdown() };
};
