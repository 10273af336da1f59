import type { Command } from "../command";
import { readSettings } from "../settings";
import { connectAws } from "./aws";
import { bootstrap, isComplete } from "./bootstrap";
import { loggedIn } from "./loggedIn";
import { parseBootstrapOptions, USAGE } from "./options";
import { bootstrapJson, renderBootstrap } from "./report";

export const bootstrapCommand: Command = {
  name: "bootstrap",
  summary: "makes or checks each stack's state bucket, key and deploy role, and its backend",
  usage: USAGE,
  async run(argv, { environment, projectDir, out, signal }) {
    const options = parseBootstrapOptions(argv);
    const settings = readSettings(projectDir);
    const aws = connectAws();
    try {
      const report = await bootstrap({
        aws,
        settings,
        options,
        signal,
        loggedIn: () => loggedIn(environment, projectDir),
        ...(environment.PULUMI_BACKEND_URL === undefined ? {} : { environmentUrl: environment.PULUMI_BACKEND_URL }),
      });
      const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
      const presented = { report, settings, stacks: options.stacks, ...(endpoint === undefined ? {} : { endpoint }) };
      out(options.json ? bootstrapJson(presented) : `${renderBootstrap(presented)}\n`);
      return isComplete(report) ? 0 : 1;
    } finally {
      aws.close();
    }
  },
};
