import { get } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Probe } from "../schema/pod";

/** Runs one probe from the container's start to its end, and tells each time that a threshold is crossed. */
export const watchProbe = async (
  probe: Probe,
  portOf: (port: number | string) => number | undefined,
  signal: AbortSignal,
  tell: (healthy: boolean) => void,
): Promise<void> => {
  const pause = (seconds: number): Promise<unknown> => sleep(seconds * 1000, undefined, { signal, ref: false }).catch(() => undefined);
  await pause(probe.initialDelaySeconds);
  let streak = 0;
  let last: boolean | undefined;
  while (!signal.aborted) {
    const healthy = await check(probe, portOf, signal);
    if (signal.aborted) return;
    streak = healthy === last ? streak + 1 : 1;
    last = healthy;
    if (streak === (healthy ? probe.successThreshold : probe.failureThreshold)) tell(healthy);
    await pause(probe.periodSeconds);
  }
};

const check = async (probe: Probe, portOf: (port: number | string) => number | undefined, signal: AbortSignal): Promise<boolean> => {
  const target = probe.httpGet ?? probe.tcpSocket;
  const port = target && portOf(target.port);
  if (port === undefined) return false;
  const timeoutMs = probe.timeoutSeconds * 1000;
  return probe.httpGet === undefined ? accepts(port, timeoutMs) : answers(port, probe.httpGet, timeoutMs, signal);
};

/** Success is 200 to 399: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#http-probes */
const answers = (
  port: number,
  { path, httpHeaders }: NonNullable<Probe["httpGet"]>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> =>
  new Promise((done) => {
    const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
    const request = get(
      { host: "127.0.0.1", port, path, headers, agent: false, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) },
      (response) => {
        response.resume();
        const { statusCode = 0 } = response;
        response.once("close", () => done(statusCode >= 200 && statusCode < 400));
      },
    );
    request.once("error", () => done(false));
  });

const accepts = (port: number, timeoutMs: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: timeoutMs });
    const end = (accepted: boolean): void => {
      socket.destroy();
      done(accepted);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
