import { createCipheriv, createDecipheriv } from "node:crypto";
import * as z from "zod";
import { LifeboatError } from "../errors";

/** A record as a line of a part: everything but its name is sealed. Base64. */
export const SealedRecord = z.object({ name: z.string(), iv: z.base64(), tag: z.base64(), ciphertext: z.base64() });
export type SealedRecord = z.infer<typeof SealedRecord>;

export const DATA_KEY_BYTES = 32;
/** https://nvlpubs.nist.gov/nistpubs/Legacy/SP/nistspecialpublication800-38d.pdf, 8.2.2: a random one of 96 bits, of less than 2^32 under one key. */
export const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Where a record belongs: one that was moved to another point, kind or name does not open. */
export interface RecordPlace {
  readonly pointId: string;
  readonly kind: string;
  readonly name: string;
}

const boundTo = ({ pointId, kind, name }: RecordPlace): Buffer =>
  Buffer.from(JSON.stringify(["lifeboat/configuration-record/1", pointId, kind, name]));

/** @param iv random, of IV_BYTES */
export const sealRecord = (dataKey: Uint8Array, place: RecordPlace, iv: Uint8Array, content: string): SealedRecord => {
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv, { authTagLength: TAG_BYTES }).setAAD(boundTo(place));
  const ciphertext = Buffer.concat([cipher.update(content, "utf8"), cipher.final()]);
  return {
    name: place.name,
    iv: Buffer.from(iv).toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
    ciphertext: ciphertext.toString("base64"),
  };
};

/** @throws LifeboatError, code digest-mismatch, when it is not what was sealed under this key for this place. */
export const openRecord = (dataKey: Uint8Array, place: RecordPlace, sealed: SealedRecord): string => {
  try {
    const decipher = createDecipheriv("aes-256-gcm", dataKey, Buffer.from(sealed.iv, "base64"), { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(place)).setAuthTag(Buffer.from(sealed.tag, "base64"));
    return Buffer.concat([decipher.update(Buffer.from(sealed.ciphertext, "base64")), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new LifeboatError({
      code: "digest-mismatch",
      what: `The record "${place.name}" of ${place.pointId} does not open`,
      received: "a content that was not sealed under this point's key for this name",
      hint: "Take an older point, and look for who changed this one",
      cause,
    });
  }
};

/** The records of a part, line by line. Throws (zod, SyntaxError) what is none. */
export const recordsOf = (part: Uint8Array): readonly SealedRecord[] =>
  Buffer.from(part)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => SealedRecord.parse(JSON.parse(line)));
