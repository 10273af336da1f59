import type { Properties } from "../protocol/resource";
import { isRecord } from "../protocol/values";

/**
 * A Secret's stringData is write-only in the API (https://kubernetes.io/docs/concepts/configuration/secret/): it comes back as base64 in
 * data. The state keeps it, so that a program which gives it sees no difference.
 */
export const outputsOf = (live: Properties, known: Properties): Properties =>
  live.kind === "Secret" && isRecord(known.stringData) ? { ...live, stringData: decoded(live, known.stringData) } : live;

/** What was declared, with the stringData as the live object has it now. */
export const restoreStringData = (declared: Properties, live: Properties, state: Properties): Properties =>
  live.kind === "Secret" && isRecord(state.stringData) ? { ...declared, stringData: decoded(live, state.stringData) } : declared;

const decoded = ({ data }: Properties, keys: Properties): Properties =>
  Object.fromEntries(
    Object.keys(keys).flatMap((key) => {
      const value = isRecord(data) ? data[key] : undefined;
      return typeof value === "string" ? [[key, Buffer.from(value, "base64").toString("utf8")]] : [];
    }),
  );
