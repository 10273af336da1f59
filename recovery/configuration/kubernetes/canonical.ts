import { createHmac } from "node:crypto";
import { isLosslessNumber, LosslessNumber, parse } from "lossless-json";

/** JSON whose numbers are those of its text: a double where it is the same number in the same digits, else the digits. */
export const parseExactly = (text: string): unknown =>
  parse(text, undefined, (digits) => (String(Number(digits)) === digits ? Number(digits) : new LosslessNumber(digits)));

/** A value as one text: fields sorted, numbers untouched, and what is undefined left out. */
export const canonicalText = (value: unknown): string => {
  if (isLosslessNumber(value)) return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalText(field)}`).join(",")}}`;
};

/**
 * What tells one content of an object from another, in a manifest that is not sealed. The key is the namespace's uid, which stands in no export: who has
 * the digest alone cannot try values of a Secret against it.
 */
export const contentVersion = (namespaceUid: string, text: string): string => createHmac("sha256", namespaceUid).update(text).digest("hex");
