import type { ConfigurationRecord } from "../../../recovery/configuration/records";
import { unknownRecord } from "./records";

/** Objects as one List, in the order in which they were exported, which is that in which they are applied: JSON is YAML. */
export async function* objectsList(records: AsyncIterable<ConfigurationRecord>): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"apiVersion":"v1","kind":"List","metadata":{},"items":[');
  let separator = "\n";
  for await (const record of records) {
    if (record.kind !== "object") throw unknownRecord(record.name);
    yield Buffer.from(`${separator}${record.json}`);
    separator = ",\n";
  }
  yield Buffer.from("\n]}\n");
}
