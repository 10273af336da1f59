import { appendFileSync, existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { LifeboatError } from "../../recovery/errors";
import { run } from "../process";
import type { Progress } from "../progress";
import { configFileName, type StackConfig, writeStackConfig } from "./config";
import { startEventServer } from "./event-server";
import { EventRecord, type Operation, type ResourceStep } from "./events";

export type { ConfigValue, StackConfig } from "./config";
export type { Operation, ResourceStep } from "./events";

const outputsSchema = z.record(z.string(), z.json());
export type StackOutputs = z.infer<typeof outputsSchema>;

/** What one `pulumi` operation did. */
export interface StackResult {
  readonly changes: Readonly<Record<Operation, number>>;
  readonly seconds: number;
  /** The stack's outputs after it, secrets in clear. */
  readonly outputs: StackOutputs;
  /** Errors first, then warnings. */
  readonly diagnostics: readonly string[];
  readonly steps: readonly ResourceStep[];
}

/** An operation that the engine refused or could not finish. */
export class StackError extends LifeboatError {
  constructor(
    operation: string,
    readonly stackName: string,
    readonly diagnostics: readonly string[],
    readonly steps: readonly ResourceStep[],
    logFile: string,
  ) {
    super({
      code: "internal",
      what: `pulumi ${operation} on ${stackName} failed`,
      received: diagnostics.join("\n"),
      hint: `The whole output is in ${logFile}`,
    });
    this.name = "StackError";
  }
}

export interface StackOptions {
  readonly name: string;
  /** Where Pulumi.yaml and the committed Pulumi.<name>.yaml are. Nothing is written there. */
  readonly projectDir: string;
  /** The run's own directory of this stack: its copy of the configuration, its log. */
  readonly stateDir: string;
  /** Values over the committed ones, by full key: `lifeboat:system`. */
  readonly overlay: StackConfig;
  readonly pulumi: string;
  /** From `pulumiEnvironment`: it names the backend. */
  readonly environment: NodeJS.ProcessEnv;
  readonly progress: Progress;
  readonly now: () => Date;
}

export interface OperationOptions {
  /** Further flags, such as `--expect-no-changes`. */
  readonly flags?: readonly string[];
  /** Cancels as Ctrl-C does: the engine finishes what it is doing and keeps a whole state. */
  readonly signal?: AbortSignal;
}

/**
 * Makes or reopens a stack. `pulumi stack init` writes its salt beside Pulumi.yaml, and free ports cannot stand in a committed file:
 * so the stack is made from a copy, and each operation runs the checkout's program with the copy's configuration.
 */
export const initStack = async (options: StackOptions): Promise<LocalStack> => {
  await mkdir(options.stateDir, { recursive: true });
  await copyFile(join(options.projectDir, "Pulumi.yaml"), join(options.stateDir, "Pulumi.yaml"));
  const result = await run({
    command: options.pulumi,
    args: ["-C", options.stateDir, "stack", "init", options.name, "--non-interactive", "--color", "never"],
    env: options.environment,
  });
  const reopened = /already exists/.test(result.stderr) && existsSync(join(options.stateDir, configFileName(options.name)));
  if (result.code !== 0 && !reopened) {
    throw new LifeboatError({
      code: "internal",
      what: `Cannot make the stack ${options.name}`,
      received: result.stderr.trim(),
      hint: "Check the backend in PULUMI_BACKEND_URL; a stack that exists there needs the state directory that it was made with",
    });
  }
  const { name: stack, projectDir, stateDir: privateDir, overlay } = options;
  return new LocalStack(options, await writeStackConfig({ stack, projectDir, privateDir, overlay }));
};

export class LocalStack {
  readonly name: string;
  readonly logFile: string;

  constructor(
    private readonly options: StackOptions,
    private readonly configFile: string,
  ) {
    this.name = options.name;
    this.logFile = join(options.stateDir, "pulumi.log");
  }

  preview(operation?: OperationOptions): Promise<StackResult> {
    return this.operate("preview", [], operation);
  }

  up(operation?: OperationOptions): Promise<StackResult> {
    return this.operate("up", ["--yes", "--skip-preview"], operation);
  }

  refresh(operation?: OperationOptions): Promise<StackResult> {
    return this.operate("refresh", ["--yes", "--skip-preview"], operation);
  }

  destroy(operation?: OperationOptions): Promise<StackResult> {
    return this.operate("destroy", ["--yes", "--skip-preview"], operation);
  }

  /** Secrets in clear. */
  async outputs(): Promise<StackOutputs> {
    const args = ["-C", this.options.projectDir, "stack", "output", "--json", "--show-secrets", "-s", this.name, "--non-interactive"];
    const result = await run({ command: this.options.pulumi, args, env: this.options.environment });
    if (result.code !== 0) throw new StackError("stack output", this.name, [result.stderr.trim()], [], this.logFile);
    return outputsSchema.parse(JSON.parse(result.stdout));
  }

  private async operate(verb: string, flags: readonly string[], operation: OperationOptions = {}): Promise<StackResult> {
    const step = this.options.progress.step(`pulumi ${verb} on ${this.name}`);
    const startedAtMs = performance.now();
    const record = new EventRecord(this.options.now, (detail) => step.update(detail));
    try {
      const stderr = await this.runWithEvents(verb, [...flags, ...(operation.flags ?? [])], record, operation.signal);
      if (operation.signal?.aborted === true) throw interrupted(verb, this.name);
      const { changes } = record;
      if (stderr !== undefined || changes === undefined || record.unreadable !== undefined) {
        const diagnostics =
          record.errors.length > 0 ? record.errors : [record.unreadable ?? (stderr || "the engine did not report an end")];
        throw new StackError(verb, this.name, diagnostics, record.steps, this.logFile);
      }
      const seconds = (performance.now() - startedAtMs) / 1000;
      const outputs = await this.outputs();
      step.done(summary(changes));
      return { changes, seconds, outputs, diagnostics: [...record.errors, ...record.warnings], steps: record.steps };
    } catch (thrown) {
      step.fail(record.errors[0]?.split("\n")[0] ?? "failed");
      throw thrown;
    }
  }

  /** Undefined when the CLI was content, else what it wrote to its standard error. */
  private async runWithEvents(
    verb: string,
    flags: readonly string[],
    record: EventRecord,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const events = await startEventServer((json) => record.take(json));
    try {
      const args = ["-C", this.options.projectDir, verb, "-s", this.name, "--config-file", this.configFile, "--event-log", events.address];
      const result = await run({
        command: this.options.pulumi,
        args: [...args, "--non-interactive", "--color", "never", ...flags],
        // --event-log is one of the CLI's commands for debugging itself; the Automation API switches it on in the same way.
        env: { ...this.options.environment, PULUMI_DEBUG_COMMANDS: "true" },
        onLine: (line) => appendFileSync(this.logFile, `${line}\n`),
        signal,
      });
      return result.code === 0 ? undefined : result.stderr.trim();
    } finally {
      events.stop();
    }
  }
}

const interrupted = (verb: string, stack: string): LifeboatError =>
  new LifeboatError({
    code: "interrupted",
    what: `pulumi ${verb} on ${stack} was interrupted`,
    hint: "The engine keeps what it has done in the state: start again, or destroy the stack",
  });

const summary = (changes: Readonly<Record<Operation, number>>): string => {
  const counted = Object.entries(changes).filter(([, count]) => count > 0);
  return counted.length === 0 ? "nothing to do" : counted.map(([operation, count]) => `${count} ${operation}`).join(", ");
};
