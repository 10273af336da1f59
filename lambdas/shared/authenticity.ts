import { GenerateMacCommand, type KMSClient, KMSInvalidMacException, VerifyMacCommand } from "@aws-sdk/client-kms";
import type { Authenticator, Signer } from "../../recovery/catalogue/authenticity";
import { LifeboatError } from "../../recovery/errors";

const ALGORITHM = "HMAC_SHA_256";
const CODE_BYTES = 32;

/**
 * Codes by an HMAC key of KMS, which never leaves it. @param keyId ARN or alias; functions are given the ARN, because an alias can be turned to another key
 * https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html
 */
export const kmsAuthenticity = (client: KMSClient, keyId: string): Signer & Authenticator => ({
  async mac(message) {
    const { Mac } = await client.send(new GenerateMacCommand({ KeyId: keyId, MacAlgorithm: ALGORITHM, Message: Buffer.from(message) }));
    if (Mac !== undefined) return Buffer.from(Mac).toString("base64");
    throw new LifeboatError({
      code: "internal",
      what: "KMS answered without a code",
      hint: "Run it again; the SDK's release may be at fault",
    });
  },
  async isAuthentic(message, mac) {
    // Whoever wrote the object chose this text: KMS would refuse another length as a malformed call, and that is no answer.
    const code = Buffer.from(mac, "base64");
    if (code.byteLength !== CODE_BYTES) return false;
    try {
      const { MacValid } = await client.send(
        new VerifyMacCommand({ KeyId: keyId, MacAlgorithm: ALGORITHM, Message: Buffer.from(message), Mac: code }),
      );
      return MacValid === true;
    } catch (error) {
      // https://docs.aws.amazon.com/kms/latest/APIReference/API_VerifyMac.html
      if (error instanceof KMSInvalidMacException) return false;
      throw error;
    }
  },
});
