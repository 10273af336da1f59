import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromaImage, type ResolvedContainer } from "../../../../local/pods";

const POD = { namespace: "stores", name: "chroma-0", uid: "1" };
const image = chromaImage("/venv/bin/chroma");
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lifeboat-chroma-image-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const container = (fields: Partial<ResolvedContainer> = {}): ResolvedContainer => ({
  name: "chroma",
  image: "chromadb/chroma:1.5.9",
  env: {},
  hostPath: (path) => join(root, path),
  localText: (text) => text,
  hostPort: async (port) => port + 10_000,
  ...fields,
});

describe("the Chroma image on this machine", () => {
  test.each(["chromadb/chroma:1.5.9", "docker.io/chromadb/chroma", "ghcr.io/chroma-core/chroma:1.5.9", "chromadb/chroma@sha256:ab"])(
    "stands for %s",
    (name) => {
      expect(image.match.test(name)).toBe(true);
    },
  );

  test.each(["chromadb/chromatic:1", "example.com/chromadb/chroma:1.5.9"])("does not stand for %s", (name) => {
    expect(image.match.test(name)).toBe(false);
  });

  test("runs by a file as the image does, with path and port translated and the rest of the environment left to the server", async () => {
    const env = { CHROMA_PORT: "9000", CHROMA_PERSIST_PATH: "/store", CHROMA_ALLOW_RESET: "true" };
    const command = await image.start(container({ env }), POD);
    const [run, file = ""] = command.args;
    expect(run).toBe("run");
    expect(readFileSync(file, "utf8")).toBe(`persist_path: "${join(root, "store")}"\nlisten_address: "127.0.0.1"\nport: 19000\n`);
    expect(command.env).toEqual({ CHROMA_ALLOW_RESET: "true" });
  });

  test.each([
    { args: ["run", "--path", "/data", "--host", "0.0.0.0", "--port", "8001"] },
    { command: ["chroma"], args: ["run", "--path=/data", "--port=8001"] },
    { command: ["/usr/bin/chroma", "run", "--path", "/data", "--port", "8001"] },
  ])("runs by flags with path and port translated: %j", async (fields) => {
    const command = await image.start(container(fields), POD);
    expect(command.args).toEqual(["run", "--path", join(root, "data"), "--host", "127.0.0.1", "--port", "18001"]);
  });

  test("another program in the image is refused with what was asked", async () => {
    await expect(async () => image.start(container({ command: ["sh", "-c", "ls"] }), POD)).rejects.toThrow("was told: sh -c ls");
  });
});
