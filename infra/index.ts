import * as pulumi from "@pulumi/pulumi";
import { LifeboatError } from "../recovery/errors";
import { rawConfiguration, readDr, readProd } from "./config/read";
import { deployDr } from "./stacks/dr";
import { deployProd } from "./stacks/prod";

const stacks: Readonly<Record<string, (raw: Readonly<Record<string, string>>) => Promise<pulumi.Inputs>>> = {
  prod: (raw) => deployProd(readProd(raw)),
  dr: (raw) => deployDr(readDr(raw)),
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
