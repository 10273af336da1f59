import type { Container } from "../schema/pod";
import { watchProbe } from "./probes";

/** What a container's probes say of it. Without a readiness probe it is ready as soon as it runs. */
export class Health {
  started = false;
  ready = false;
  private probing = new AbortController();

  constructor(
    private readonly spec: Container,
    private readonly portOf: (port: number | string) => number | undefined,
    private readonly changed: () => void,
  ) {}

  /** Begins to probe a process that has just started; `restart` ends it when it does not live up to its probes. */
  begin(restart: () => void): void {
    this.probing = new AbortController();
    const { startupProbe } = this.spec;
    if (startupProbe === undefined) {
      this.beginAfterStartup(restart);
      return;
    }
    const startup = new AbortController();
    void watchProbe(startupProbe, this.portOf, AbortSignal.any([startup.signal, this.probing.signal]), (healthy) => {
      startup.abort();
      if (healthy) this.beginAfterStartup(restart);
      else restart();
    });
  }

  end(): void {
    this.probing.abort();
    this.started = false;
    this.ready = false;
  }

  private beginAfterStartup(restart: () => void): void {
    const { readinessProbe, livenessProbe } = this.spec;
    this.started = true;
    this.ready = readinessProbe === undefined;
    this.changed();
    if (readinessProbe !== undefined)
      void watchProbe(readinessProbe, this.portOf, this.probing.signal, (healthy) => {
        this.ready = healthy;
        this.changed();
      });
    if (livenessProbe !== undefined) void watchProbe(livenessProbe, this.portOf, this.probing.signal, (healthy) => !healthy && restart());
  }
}
