import type { Check } from "../../recovery/catalogue/point";
import type { Course } from "../shared/course";
import type { Deadline } from "../shared/deadline";

/**
 * The bytes of a part as it was sealed: the version, size and SHA-256 of the entry. Undefined when it is not there so, which the common checks name:
 * a reader counts it as missing and goes on.
 */
export type PartReader = (key: string) => Promise<Uint8Array | undefined>;

/**
 * Reads the content of one store's exports back, as a restore would: decodes every part, counts, and compares with the manifest. That the manifest and
 * the parts are the sealed ones, and locked, is checked for it. Returns definite results only; what may pass is thrown, and so is what `course` throws.
 * A reader that never says on its course where it stands begins anew in each run: then a point must be read within one function's 15 minutes.
 * Memory is bounded by a few parts.
 */
export type ReadContent = (manifestText: string, part: PartReader, deadline: Deadline, course?: Course) => Promise<readonly Check[]>;
