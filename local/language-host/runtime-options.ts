import type { JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { LifeboatError } from "../../recovery/errors";

/** What `runtime.options` of Pulumi.yaml asks for. https://www.pulumi.com/docs/iac/concepts/projects/project-file/#runtime-options */
export interface RuntimeOptions {
  /** Compile through ts-node, as the SDK's runner does when it is told to. On by default. */
  readonly typescript: boolean;
  /** Given to node before the runner. */
  readonly nodeArgs: readonly string[];
}

/** How packages are installed is npm's business here: the option is valid and has no effect on a run. */
const WITHOUT_EFFECT = ["packagemanager"];
const KNOWN = ["typescript", "nodeargs", ...WITHOUT_EFFECT];

export const runtimeOptions = (options: Struct | undefined): RuntimeOptions => {
  const given: Record<string, JavaScriptValue> = options?.toJavaScript() ?? {};
  for (const name of Object.keys(given)) {
    if (!KNOWN.includes(name)) throw refused(name, given[name]);
  }
  const typescript = given.typescript ?? true;
  if (typeof typescript !== "boolean") throw refused("typescript", typescript);
  const nodeargs = given.nodeargs ?? "";
  if (typeof nodeargs !== "string") throw refused("nodeargs", nodeargs);
  return { typescript, nodeArgs: splitWords(nodeargs) };
};

const refused = (name: string, value: JavaScriptValue | undefined): LifeboatError =>
  new LifeboatError({
    code: "unsupported",
    what: `The local language host cannot honour the runtime option "${name}" of Pulumi.yaml`,
    received: JSON.stringify(value),
    allowed: `${KNOWN.join(", ")}; typescript is true or false, nodeargs is one string`,
    hint: "Install the Pulumi CLI with its own language host, or take the option out",
  });

/** Words as a shell splits them, quotes included: `--import=tsx --title="two words"`. */
export const splitWords = (line: string): string[] => {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_whole, double?: string, single?: string) => double ?? single ?? ""));
};
