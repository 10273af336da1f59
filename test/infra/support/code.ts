import { build } from "esbuild";
import { bundling } from "../../../infra/functions/bundle";
import { FUNCTIONS, type FunctionName } from "../../../recovery/names";

/** What a function's code can speak to: AWS services by their SDK client, Chroma, PostgreSQL and Kubernetes. */
export interface Speech {
  readonly awsServices: readonly string[];
  readonly chroma: boolean;
  readonly postgres: boolean;
  /** The Kubernetes API of the cluster. */
  readonly kubernetes: boolean;
}

/** What each function speaks to, by the modules that end up in its bundle: types vanish there, so what is left can be called. */
export const spokenTo = async (): Promise<Readonly<Record<FunctionName, Speech>>> => {
  const { metafile } = await build({ ...bundling, outdir: "bundles", write: false, metafile: true });
  const modulesOf = (name: FunctionName): readonly string[] =>
    Object.entries(metafile.outputs[`bundles/${name}.js`]?.inputs ?? {}).flatMap(([file, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [file] : [],
    );
  const speechOf = (name: FunctionName): Speech => {
    const modules = modulesOf(name);
    return {
      awsServices: [...new Set(modules.flatMap((file) => /node_modules\/@aws-sdk\/client-([^/]+)\//.exec(file)?.[1] ?? []))],
      chroma: modules.includes("lambdas/chroma/client.ts"),
      postgres: modules.some((file) => /(^|\/)node_modules\/pg\//.test(file)),
      kubernetes: modules.includes("lambdas/kubernetes-read/ask.ts"),
    };
  };
  return Object.fromEntries(FUNCTIONS.map((name) => [name, speechOf(name)])) as Record<FunctionName, Speech>;
};
