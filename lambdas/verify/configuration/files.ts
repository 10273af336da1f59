import { gunzipSync } from "node:zlib";
import type { Check } from "../../../recovery/catalogue/point";
import type { FilesContent } from "../../../recovery/configuration/manifest";
import { messageOf } from "../../../recovery/errors";
import type { Deadline } from "../../shared/deadline";
import { checkAll } from "../checks";
import type { PartReader } from "../reader";

/** Every copied file read, and parsed where its name says that it is JSON, compressed or not. Memory is bounded by one file, decompressed. */
export const readFiles = async ({ files }: FilesContent, part: PartReader, deadline: Deadline): Promise<readonly Check[]> => {
  const problems: string[] = [];
  for (const [index, file] of files.entries()) {
    deadline(() => `${index} of ${files.length} files read`);
    const bytes = await part(file.part);
    const problem = bytes === undefined ? "it is not there as it was sealed" : contentProblem(file.key, bytes);
    if (problem !== undefined) problems.push(`${file.key}: ${problem}`);
  }
  return [checkAll("files readable", files.length, problems)];
};

const contentProblem = (key: string, bytes: Uint8Array): string | undefined => {
  if (!/\.json(\.gz)?$/.test(key)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(key.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"));
    return typeof value === "object" && value !== null ? undefined : "it holds no object";
  } catch (error) {
    // Node quotes the text in a JSON error, and a state may hold what nobody should log.
    return error instanceof SyntaxError ? "it is no JSON" : messageOf(error).slice(0, 200);
  }
};
