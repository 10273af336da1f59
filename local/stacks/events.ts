import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { messageOf } from "../../recovery/errors";

export const OPERATIONS = ["same", "create", "update", "delete", "replace"] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One thing that the engine did to one resource. `op` is the engine's own word, such as `create` or `delete-replaced`. */
export interface ResourceStep {
  readonly urn: string;
  readonly op: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly failed: boolean;
}

const metadata = z.object({ op: z.string(), urn: z.string() });

/** The engine's events, as far as they are read here: sdk/go/common/apitype/events.go of pulumi/pulumi. */
const engineEvent = z.object({
  diagnosticEvent: z
    .object({ urn: z.string().optional(), prefix: z.string().optional(), message: z.string(), severity: z.string() })
    .optional(),
  summaryEvent: z.object({ resourceChanges: z.record(z.string(), z.number()).nullish() }).optional(),
  resourcePreEvent: z.object({ metadata }).optional(),
  resOutputsEvent: z.object({ metadata }).optional(),
  resOpFailedEvent: z.object({ metadata }).optional(),
  policyEvent: z
    .object({ resourceUrn: z.string().optional(), message: z.string(), policyName: z.string(), enforcementLevel: z.string() })
    .optional(),
  errorEvent: z.object({ error: z.string() }).optional(),
});
type EngineEvent = z.infer<typeof engineEvent>;

/** `aws:s3/bucket:Bucket documents` of a URN. */
export const shortName = (urn: string): string => {
  const [, , types = "", ...name] = urn.split("::");
  return `${types.split("$").at(-1)} ${name.join("::")}`;
};

/** Without the colors of the engine's texts, `<{%fg 1%}>`, and of Node's stack traces, which mean nothing outside a terminal. */
const plain = (text: string): string => stripVTControlCharacters(text.replace(/<\{%.*?%\}>/g, "")).trim();

/** What an operation did, put together from its events. */
export class EventRecord {
  /** Errors, each with the resource that it belongs to. */
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  /** Undefined until the engine says that it is done. */
  changes: Record<Operation, number> | undefined;
  /** Why an event could not be read: then nothing that is counted here is to be believed. */
  unreadable: string | undefined;
  private readonly open = new Map<string, Date>();
  private readonly ended = new Map<string, ResourceStep>();

  constructor(
    private readonly now: () => Date,
    private readonly onStep: (detail: string) => void,
  ) {}

  get steps(): ResourceStep[] {
    return [...this.ended.values()];
  }

  take(json: string): void {
    try {
      this.takeEvent(engineEvent.parse(JSON.parse(json)));
    } catch (thrown) {
      this.unreadable ??= `an event of the engine could not be read: ${messageOf(thrown)}`;
    }
  }

  private takeEvent(event: EngineEvent): void {
    this.takeStep(event);
    this.takeMessage(event);
    if (event.summaryEvent !== undefined) {
      const counts = event.summaryEvent.resourceChanges ?? {};
      this.changes = { same: 0, create: 0, update: 0, delete: 0, replace: 0 };
      for (const operation of OPERATIONS) this.changes[operation] = counts[operation] ?? 0;
    }
  }

  private takeStep(event: EngineEvent): void {
    const started = event.resourcePreEvent?.metadata;
    if (started !== undefined) {
      this.open.set(`${started.op} ${started.urn}`, this.now());
      if (started.op !== "same") this.onStep(`${started.op} ${shortName(started.urn)}`);
    }
    const ended = event.resOutputsEvent?.metadata ?? event.resOpFailedEvent?.metadata;
    if (ended === undefined) return;
    const key = `${ended.op} ${ended.urn}`;
    const endedAt = this.now();
    // A component ends a second time, when it registers its outputs: it lasted until then.
    const startedAt = this.ended.get(key)?.startedAt ?? this.open.get(key) ?? endedAt;
    this.ended.set(key, { urn: ended.urn, op: ended.op, startedAt, endedAt, failed: event.resOpFailedEvent !== undefined });
  }

  private takeMessage(event: EngineEvent): void {
    const { diagnosticEvent: said, policyEvent: policy, errorEvent: broken } = event;
    if (said?.severity === "error") this.errors.push(about(said.urn, said.message));
    if (said?.severity === "warning") this.warnings.push(about(said.urn, said.message));
    if (policy !== undefined) {
      const list = policy.enforcementLevel === "mandatory" ? this.errors : this.warnings;
      list.push(about(policy.resourceUrn, `${policy.policyName}: ${policy.message}`));
    }
    if (broken !== undefined) this.errors.push(plain(broken.error));
  }
}

const about = (urn: string | undefined, message: string): string =>
  urn === undefined || urn === "" ? plain(message) : `${shortName(urn)}: ${plain(message)}`;
