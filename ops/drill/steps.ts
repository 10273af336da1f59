import type { StackResult } from "../../local/stacks";

export const resourcesOf = ({ changes }: StackResult): number => changes.create + changes.same + changes.update + changes.replace;

/** Tenths of a second: finer differences are noise. */
export const rounded = (seconds: number): number => Math.round(seconds * 10) / 10;
