import { sha256Hex } from "../checksum";
import { messageOf } from "../errors";

/** Makes message authentication codes under the catalogue's key, which only those that write the catalogue may use. Base64. */
export interface Signer {
  mac(message: string): Promise<string>;
}

/** Tells whether a code was made under the catalogue's key. Only a definite answer is one: a refused or failed call is thrown. */
export interface Authenticator {
  isAuthentic(message: string, mac: string): Promise<boolean>;
}

/**
 * What a code is made of. The key is in it, so that an object put again elsewhere in the catalogue is none; a digest stands for the content, because
 * KMS takes 4,096 bytes. https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html
 */
const signedMessage = (key: string, text: string): string => `lifeboat/catalogue/1\n${key}\n${sha256Hex(text)}`;

/** An object of the catalogue as it is stored under a key: its content and the code beside it. */
export const sign = async (signer: Signer, key: string, content: unknown): Promise<string> => {
  const signed = JSON.parse(JSON.stringify(content)) as unknown;
  return JSON.stringify({ signed, mac: await signer.mac(signedMessage(key, JSON.stringify(signed))) });
};

export type Opened =
  | { readonly content: unknown; readonly problem?: undefined }
  | { readonly content?: undefined; readonly problem: string };

/** The content of a catalogue's object, when it was written under this key by one who may; what is wrong with it otherwise. */
export const open = async (authenticator: Authenticator, key: string, text: string): Promise<Opened> => {
  const parsed = parse(text);
  if ("problem" in parsed) return { problem: parsed.problem };
  const { signed, mac } = parsed;
  // JSON.stringify gives what JSON.parse took in the same order, so the text that was signed comes back.
  if (await authenticator.isAuthentic(signedMessage(key, JSON.stringify(signed)), mac)) return { content: signed };
  return { problem: "it is not authentic: its code was not made under the catalogue's key for this content and this key of the vault" };
};

/** The content of an object of the catalogue whose text was recognised by its digest: the choice that pinned the digest looked at the code. */
export const contentOfPinned = (text: string): unknown => {
  const parsed = parse(text);
  return "problem" in parsed ? undefined : parsed.signed;
};

const parse = (text: string): { readonly signed: unknown; readonly mac: string } | { readonly problem: string } => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "signed" in value && "mac" in value && typeof value.mac === "string")
      return { signed: value.signed, mac: value.mac };
    return { problem: "it is not authenticated: it has no code" };
  } catch (error) {
    return { problem: `it is no JSON: ${messageOf(error).slice(0, 200)}` };
  }
};
