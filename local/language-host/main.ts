import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { exitWithParent } from "../orphans";
import { languageService } from "./service";

/** `pulumi-language-nodejs [flags] <engine address>`, where the official one is absent: it prints the port that it serves on. */
const main = async (args: readonly string[]): Promise<void> => {
  const engine = args.findLast((arg) => !arg.startsWith("-"));
  if (engine === undefined) throw new Error("usage: pulumi-language-nodejs <address of the engine>");
  exitWithParent();
  // Configuration and programs' options have no size limit in the engine either.
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  // Cancelling ends this process, and with it the program that is tied to it.
  const cancel = (): void => void setImmediate(() => process.exit(0));
  server.addService(LanguageRuntimeService, languageService({ engine, node: process.execPath, environment: process.env, cancel }));
  const port = await new Promise<number>((done, fail) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? done(bound) : fail(error),
    ),
  );
  process.stdout.write(`${port}\n`);
};

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
