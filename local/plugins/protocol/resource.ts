/** A JSON value as it crosses the plugin protocol, after secrets are unwrapped. Assets and archives arrive as Asset and Archive objects. */
export type Value = string | number | boolean | null | Asset | Archive | readonly Value[] | { readonly [name: string]: Value };
export type Properties = { readonly [name: string]: Value };

/** A file's content, resolved to bytes by the protocol layer. */
export class Asset {
  constructor(
    readonly bytes: Uint8Array,
    readonly hash: string = "",
  ) {}
}

/** An archive's files by path, resolved by the protocol layer; `hash` is the engine's own, so that unchanged code shows no difference. */
export class Archive {
  constructor(
    readonly files: ReadonlyMap<string, Uint8Array>,
    readonly hash: string,
  ) {}
}

/** What a handler says of one input property that it implements. A property without a rule is refused by name: nothing passes unseen. */
export interface InputRule {
  readonly required?: boolean;
  /** A change means a new resource. */
  readonly replaces?: boolean;
  readonly default?: Value;
  /** The value is kept encrypted in the state. */
  readonly secret?: boolean;
  /** Fields of an object, or of each object of a list; absent: any content is implemented. */
  readonly fields?: { readonly [name: string]: InputRule };
  /** Differences that are none: JSON documents compare by content, not by text; sets compare without their order. */
  readonly compareAs?: "json" | "set";
  /** AWS or the cluster chooses a value where the program gives none: then what it chose is unknown in a preview and is no drift. */
  readonly chosenByService?: boolean;
}

/** A name made up where the program gives none: `<logical name>-<7 hex digits>`, kept from the previous inputs on every later run. */
export interface AutoName {
  /** An input's name, or its path: `metadata.name`. */
  readonly property: string;
  readonly maxLength: number;
  /** What every such name starts with: `alias/`. */
  readonly prefix?: string;
  readonly suffix?: string;
  /** Bucket and Kubernetes names have no capitals. */
  readonly lowercase?: boolean;
}

export interface Created {
  readonly id: string;
  /** All output properties, inputs included. */
  readonly outputs: Properties;
}

/** Thrown by `create` or `update` when the resource exists but is not as asked: the engine records it and tries `update` in the next run. */
export class Unfinished extends Error {
  constructor(
    readonly created: Created,
    readonly reason: string,
  ) {
    super(reason);
    this.name = "Unfinished";
  }
}

/** One resource type. `C` is what the plugin made of its configuration: its clients, by region. */
export interface ResourceHandler<C> {
  /** `aws:s3/bucket:Bucket` */
  readonly type: string;
  readonly inputs: { readonly [name: string]: InputRule };
  readonly autoName?: AutoName;
  /** Inputs (or paths) that make two instances collide where the name is not made up: a replacement that keeps them all deletes first. Default: the auto name's property. */
  readonly identity?: readonly string[];
  /** Output names that are not known before creation; they are unknown in a preview. */
  readonly computed: readonly string[];
  /** Output names, beside secret inputs, whose values are kept encrypted in the state. */
  readonly secretOutputs?: readonly string[];
  /** Input values that come from the plugin's configuration where the program gives none: the provider's region. Each must be in `inputs`. */
  configured?(context: C): Properties;
  /** Further checks of known inputs: one message for each failure. Unknown values are left out of `inputs`. */
  check?(inputs: Properties): readonly { readonly property: string; readonly reason: string }[];
  create(context: C, inputs: Properties, signal: AbortSignal): Promise<Created>;
  /**
   * The resource as it is now; undefined when it is gone. `inputs` are returned too, so that refresh shows drift and import works: they
   * equal what was created, so leave out what has its default and was not in `state`. In an import `state` is empty.
   */
  read(context: C, id: string, state: Properties): Promise<{ readonly inputs: Properties; readonly outputs: Properties } | undefined>;
  /** `olds` is the state (all outputs), `news` the new inputs. Returns all outputs. Absent: every change replaces. */
  update?(context: C, id: string, olds: Properties, news: Properties, signal: AbortSignal): Promise<Properties>;
  delete(context: C, id: string, state: Properties): Promise<void>;
}

/** One function (`aws:index/getCallerIdentity:getCallerIdentity`). */
export interface FunctionHandler<C> {
  readonly token: string;
  readonly inputs: { readonly [name: string]: InputRule };
  call(context: C, args: Properties): Promise<Properties>;
}

/** What a plugin is: its name, version, how it reads its configuration, and its handlers. */
export interface Plugin<C> {
  readonly name: string;
  readonly version: string;
  configure(config: Properties): C;
  readonly resources: readonly ResourceHandler<C>[];
  readonly functions: readonly FunctionHandler<C>[];
  /** Where to add a missing type or property, for the error that names it: "local/plugins/aws". */
  readonly source: string;
  /** Settings whose change means a new provider and new resources under it; other settings are taken over in place. */
  readonly replacingSettings?: readonly string[];
}
