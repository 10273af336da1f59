import { createHmac } from "node:crypto";
import type { Authenticator, Signer } from "../../recovery/catalogue/authenticity";

/** An HMAC key in memory, as KMS keeps one. Two of different secrets do not know each other's codes. */
export const memoryKey = (secret = "the catalogue's"): Signer & Authenticator => {
  const codeOf = (message: string): string => createHmac("sha256", secret).update(message).digest("base64");
  return {
    mac: async (message) => codeOf(message),
    isAuthentic: async (message, mac) => mac === codeOf(message),
  };
};

/** The key that tests sign with and check by. */
export const CATALOGUE_KEY = memoryKey();
