import { messageOf } from "../../../recovery/errors";
import type { Properties } from "../protocol/resource";
import { isList, isRecord } from "../protocol/values";
import type { ClusterClient } from "./client";

const LOG_LINES = 10;

/** What a person would look at next: the warnings about an object and its pods, each container's state, and the end of its log. */
export const diagnose = async (client: ClusterClient, object: Properties, collection: (plural: string) => string): Promise<string> => {
  try {
    const { uid = "", name = "" } = metadataOf(object);
    const selected = selectorOf(object);
    const pods = (await client.list(collection("pods"), selected === undefined ? {} : { labelSelector: selected })).filter(
      (pod) => selected !== undefined || ownedBy(pod, uid),
    );
    const names = new Set([name, ...pods.map((pod) => metadataOf(pod).name)]);
    const events = (await client.list(collection("events"), { fieldSelector: "type=Warning" })).filter(
      ({ involvedObject }) => isRecord(involvedObject) && names.has(involvedObject.name),
    );
    const lines = events.slice(-5).map((event) => `${String(event.reason)}: ${String(event.message)}`);
    for (const pod of pods) lines.push(...(await podLines(client, pod, collection)));
    return lines.length === 0 ? "" : `\n${lines.join("\n")}`;
  } catch (thrown) {
    return `\n(the pods' state could not be read: ${messageOf(thrown)})`;
  }
};

const podLines = async (client: ClusterClient, pod: Properties, collection: (plural: string) => string): Promise<readonly string[]> => {
  const name = String(metadataOf(pod).name);
  const status = isRecord(pod.status) ? pod.status : {};
  const lines: string[] = [];
  for (const container of [status.initContainerStatuses, status.containerStatuses].flatMap((list) =>
    isList(list) ? list.filter(isRecord) : [],
  )) {
    lines.push(`pod ${name}, container ${String(container.name)}: ${stateText(container)}`);
    const log = await client.text({
      path: `${collection("pods")}/${name}/log`,
      query: { container: String(container.name), tailLines: String(LOG_LINES) },
    });
    if (log.trim() !== "")
      lines.push(
        ...log
          .trimEnd()
          .split("\n")
          .map((line) => `  | ${line}`),
      );
  }
  return lines.length === 0 ? [`pod ${name}: ${String(status.phase)}`] : lines;
};

const stateText = (container: Properties): string => {
  const [state, facts] = Object.entries(isRecord(container.state) ? container.state : {})[0] ?? ["unknown", {}];
  const { reason, message, exitCode } = isRecord(facts) ? facts : {};
  const details = [reason, message, exitCode === undefined ? undefined : `exit code ${String(exitCode)}`].filter(
    (each) => each !== undefined,
  );
  const readiness = state === "running" && container.ready !== true ? ", its readiness probe fails" : "";
  return `${state}${readiness}${details.length === 0 ? "" : ` (${details.join(", ")})`}, restarted ${String(container.restartCount ?? 0)} times`;
};

const metadataOf = (object: Properties): Properties => (isRecord(object.metadata) ? object.metadata : {});

const ownedBy = (pod: Properties, uid: unknown): boolean => {
  const { ownerReferences } = metadataOf(pod);
  return isList(ownerReferences) && ownerReferences.some((reference) => isRecord(reference) && reference.uid === uid);
};

/** A Service's own selector; a workload's pods are found by their owner. */
const selectorOf = (object: Properties): string | undefined => {
  const selector = isRecord(object.spec) ? object.spec.selector : undefined;
  if (object.kind !== "Service" || !isRecord(selector)) return undefined;
  return Object.entries(selector)
    .map(([label, value]) => `${label}=${String(value)}`)
    .join(",");
};
