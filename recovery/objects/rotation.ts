import { crc32 } from "node:zlib";
import * as z from "zod";

/** Which share of the keys a run looks at closely: every key is in exactly one of `of` shares, so that `of` runs in a row look at all of them. */
export const Rotation = z.object({ index: z.int().nonnegative(), of: z.int().positive() });
export type Rotation = z.infer<typeof Rotation>;

export const isInShare = (key: string, { index, of }: Rotation): boolean => crc32(key) % of === index;

/** The share after the one of the last whole run. It follows the runs and not the clock, so that a run that did not happen leaves nothing out. */
export const nextShare = (last: Rotation | undefined, of: number): Rotation => ({
  index: last === undefined ? 0 : (last.index + 1) % of,
  of,
});
