import { LifeboatError } from "../../../recovery/errors";
import type { FunctionHandler, Plugin, Properties, ResourceHandler } from "./resource";

/** A plugin at run time: its handlers by name, its context once configured, and the signal that stops its work. */
export class PluginState<C> {
  private readonly resources: ReadonlyMap<string, ResourceHandler<C>>;
  private readonly functions: ReadonlyMap<string, FunctionHandler<C>>;
  private readonly cancelled = new AbortController();
  private configured: { readonly context: C } | undefined;

  constructor(readonly plugin: Plugin<C>) {
    this.resources = new Map(plugin.resources.map((handler) => [handler.type, handler]));
    this.functions = new Map(plugin.functions.map((handler) => [handler.token, handler]));
  }

  configure(config: Properties): void {
    this.configured = { context: this.plugin.configure(config) };
  }

  get context(): C {
    if (this.configured !== undefined) return this.configured.context;
    throw new LifeboatError({
      code: "internal",
      what: `The ${this.plugin.name} plugin is asked for a resource before it was configured`,
      hint: "Report this: the engine configures a provider first",
    });
  }

  resource(type: string): ResourceHandler<C> {
    return this.resources.get(type) ?? this.refuse("resource type", type, [...this.resources.keys()]);
  }

  function(token: string): FunctionHandler<C> {
    return this.functions.get(token) ?? this.refuse("function", token, [...this.functions.keys()]);
  }

  private refuse(kind: string, received: string, known: readonly string[]): never {
    throw new LifeboatError({
      code: "unsupported",
      what: `The embedded ${this.plugin.name} plugin does not know the ${kind} ${received}`,
      received,
      allowed: known.toSorted().join(", "),
      hint: `Add a handler for it in ${this.plugin.source}, or use the official plugin`,
    });
  }

  /** The engine cancels what is in flight, and, at its own end, before it ends its plugins. */
  get isCancelled(): boolean {
    return this.cancelled.signal.aborted;
  }

  cancel(): void {
    this.cancelled.abort(
      new LifeboatError({ code: "interrupted", what: "The engine cancelled the operation", hint: "Run `pulumi up` again to go on" }),
    );
  }

  /** Aborts when the engine cancels, or after the resource's own timeout (`customTimeouts`); 0: no timeout of its own. */
  signal(timeoutSeconds: number): { readonly signal: AbortSignal; done(): void } {
    if (timeoutSeconds <= 0) return { signal: this.cancelled.signal, done: () => undefined };
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(tooLong(timeoutSeconds)), timeoutSeconds * 1000);
    return { signal: AbortSignal.any([this.cancelled.signal, timeout.signal]), done: () => clearTimeout(timer) };
  }
}

const tooLong = (seconds: number): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `The resource was not ready within its timeout of ${seconds} s`,
    hint: "Look at the service for the reason, or set longer `customTimeouts` on the resource",
  });
