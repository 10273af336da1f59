import * as pulumi from "@pulumi/pulumi";
import { LifeboatError } from "../recovery/errors";
import { requireBackend } from "./backend";
import { rawConfiguration, readDr, readProd } from "./config/read";
import { deployDr } from "./stacks/dr";
import { deployProd } from "./stacks/prod";

const stacks: Readonly<Record<string, (raw: Readonly<Record<string, string>>) => Promise<pulumi.Inputs>>> = {
  prod: (raw) => {
    const configuration = readProd(raw);
    requireBackend("prod", configuration.regions, process.env.PULUMI_BACKEND_URL);
    return deployProd(configuration);
  },
  dr: (raw) => {
    const configuration = readDr(raw);
    requireBackend("dr", configuration.regions, process.env.PULUMI_BACKEND_URL);
    return deployDr(configuration);
  },
};

export = async (): Promise<pulumi.Inputs> => {
  const name = pulumi.getStack();
  const deploy = stacks[name];
  try {
    if (deploy !== undefined) return await deploy(rawConfiguration(pulumi.runtime.allConfig()));
    throw new LifeboatError({
      code: "configuration",
      what: "There is no such stack",
      received: `"${name}"`,
      allowed: Object.keys(stacks).join(", "),
      hint: "pulumi stack select prod, or dr",
    });
  } catch (error) {
    // What a person can act on is the message; a stack trace would bury it.
    throw error instanceof LifeboatError ? new pulumi.RunError(error.message) : error;
  }
};
