import { build } from "esbuild";
import { bundling } from "../../../../infra/functions/bundle";
import { sdkSchemas, withWrittenKeys } from "../../../../infra/functions/sdkSchemas";

describe("the schemas of the SDK's clients", () => {
  test("have their keys written out where a constant names them, and nothing else changed", () => {
    const source = [
      'const _xN = "xmlName";',
      "const _y = other();",
      "export var A$ = [3, n0, _A, { [_xN]: _b, [_y]: 1, [f()]: 2, x: [_xN] }];",
    ].join("\n");

    expect(withWrittenKeys(source)).toBe(source.replace("{ [_xN]:", '{ "xmlName":'));
  });

  test("leave out of a bundle what it does not call: of EC2's half a megabyte a tenth", async () => {
    const stdin = { contents: 'export { DescribeVolumesCommand } from "@aws-sdk/client-ec2";', resolveDir: bundling.absWorkingDir };
    const sizeWith = async (plugins: readonly (typeof sdkSchemas)[]) => {
      const { entryPoints: _none, ...options } = bundling;
      const { metafile } = await build({
        ...options,
        stdin,
        plugins: [...plugins],
        outfile: "out.js",
        outdir: undefined,
        write: false,
        metafile: true,
      });
      return Object.values(metafile.outputs)
        .flatMap(({ inputs }) => Object.entries(inputs))
        .filter(([file]) => file.includes("client-ec2"))
        .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
    };

    expect(await sizeWith([sdkSchemas])).toBeLessThan((await sizeWith([])) / 10);
  });
});
