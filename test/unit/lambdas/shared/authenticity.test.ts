import { KMSClient, KMSInvalidMacException, VerifyMacCommand } from "@aws-sdk/client-kms";
import { kmsAuthenticity } from "../../../../lambdas/shared/authenticity";

const CODE = Buffer.alloc(32, 7).toString("base64");

/** A KMS that answers by this function, and what it was asked. */
const kmsThat = (answer: () => unknown) => {
  const client = new KMSClient({ region: "eu-west-1", credentials: { accessKeyId: "id", secretAccessKey: "secret" } });
  const asked: unknown[] = [];
  jest.spyOn(client, "send").mockImplementation((command: unknown) => {
    asked.push(command);
    return answer();
  });
  return { asked, key: kmsAuthenticity(client, "arn:aws:kms:eu-west-1:1:key/k") };
};

const invalid = () => Promise.reject(new KMSInvalidMacException({ message: "no", $metadata: {} }));

it("gives KMS the message, and passes its code on as text", async () => {
  const { key } = kmsThat(async () => ({ Mac: new Uint8Array(32).fill(7) }));

  expect(await key.mac("message")).toBe(CODE);
});

it.each([
  ["a code that is its own", async () => ({ MacValid: true }), true],
  ["one that is not", invalid, false],
])("takes KMS's word on %s", async (_what, answer, expected) => {
  const { asked, key } = kmsThat(answer);

  expect(await key.isAuthentic("message", CODE)).toBe(expected);
  expect(asked[0]).toBeInstanceOf(VerifyMacCommand);
});

it.each(["", "AAAA", "not base64 at all", "A".repeat(10_000)])(
  "knows without asking that %.20j is no code: a refused call is no answer",
  async (mac) => {
    const { asked, key } = kmsThat(invalid);

    expect(await key.isAuthentic("message", mac)).toBe(false);
    expect(asked).toEqual([]);
  },
);

it("throws what is no answer: who may not ask knows nothing", async () => {
  const { key } = kmsThat(() => Promise.reject(new Error("AccessDenied")));

  await expect(key.isAuthentic("message", CODE)).rejects.toThrow("AccessDenied");
});
