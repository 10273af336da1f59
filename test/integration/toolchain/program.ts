import { writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

// A stack of one component and one resource of the fixture's plugin; the configuration makes it fail or hang.
class Note extends pulumi.CustomResource {
  constructor(name: string, props: { text: string }, options: pulumi.CustomResourceOptions) {
    super("fixture:index:Note", name, props, options);
  }
}

class Folder extends pulumi.ComponentResource {
  constructor(name: string) {
    super("fixture:index:Folder", name);
    new Note("note", { text: config.require("text") }, { parent: this, version: "1.2.3" });
    this.registerOutputs({});
  }
}

const config = new pulumi.Config();
new Folder("folder");
if (config.getBoolean("broken")) throw new Error("broken on purpose");
const hangs = config.get("hangs");
if (hangs !== undefined) {
  writeFileSync(hangs, String(process.pid));
  setInterval(() => undefined, 1_000);
}

export const text = config.require("text");
export const password = config.requireSecret("password");
export const list = config.requireObject<string[]>("list");
export const where = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
