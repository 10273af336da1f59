import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";

const packageJson = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
  pulumi: z.object({ resource: z.boolean().optional(), name: z.string().optional(), server: z.string().optional() }).optional(),
});
type PackageJson = z.infer<typeof packageJson>;

export interface ProviderPackage {
  readonly name: string;
  readonly version: string;
  readonly server: string;
}

export interface Dependency {
  readonly name: string;
  readonly version: string;
}

const read = (file: string): PackageJson | undefined => {
  try {
    return packageJson.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
};

/** The nearest package.json at or above a directory. */
const manifestAbove = (directory: string): { file: string; manifest: PackageJson } | undefined => {
  const file = join(directory, "package.json");
  const manifest = read(file);
  if (manifest !== undefined) return { file, manifest };
  return dirname(directory) === directory ? undefined : manifestAbove(dirname(directory));
};

/** A package's own file: it may hide package.json from `require`, so the folders that node searches are looked at one by one. */
const installed = (name: string, fromFile: string): { file: string; manifest: PackageJson } | undefined => {
  for (const folder of createRequire(fromFile).resolve.paths(name) ?? []) {
    const file = join(folder, name, "package.json");
    const manifest = read(file);
    if (manifest !== undefined) return { file, manifest };
  }
  return undefined;
};

const dependenciesOf = (manifest: PackageJson): string[] => Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });

/** Packages that bring a provider: the program's own dependencies, and theirs as far as they build on Pulumi. */
export const providerPackages = (programDirectory: string): ProviderPackage[] => {
  const root = manifestAbove(programDirectory);
  const found = new Map<string, ProviderPackage>();
  const seen = new Set<string>();
  const visit = (names: readonly string[], fromFile: string): void => {
    for (const name of names) {
      const at = installed(name, fromFile);
      if (at === undefined || seen.has(at.file)) continue;
      seen.add(at.file);
      const { manifest } = at;
      if (manifest.pulumi?.resource === true && manifest.version !== undefined) {
        const plugin = manifest.pulumi.name ?? name.replace(/^@pulumi\//, "").replace(/^@/, "");
        found.set(`${plugin}@${manifest.version}`, { name: plugin, version: manifest.version, server: manifest.pulumi.server ?? "" });
      }
      const buildsOnPulumi = { ...manifest.dependencies, ...manifest.peerDependencies };
      if ("@pulumi/pulumi" in buildsOnPulumi) visit(Object.keys(manifest.dependencies ?? {}), at.file);
    }
  };
  if (root !== undefined) visit(dependenciesOf(root.manifest), root.file);
  return [...found.values()];
};

/** The dependencies that the program declares, with the versions that are installed; transitive ones too when asked. */
export const programDependencies = (programDirectory: string, transitive: boolean): Dependency[] => {
  const root = manifestAbove(programDirectory);
  if (root === undefined) return [];
  const found = new Map<string, Dependency>();
  const visit = (names: readonly string[], fromFile: string): void => {
    for (const name of names) {
      const at = installed(name, fromFile);
      if (at === undefined || found.has(at.file)) continue;
      found.set(at.file, { name, version: at.manifest.version ?? "" });
      if (transitive) visit(Object.keys(at.manifest.dependencies ?? {}), at.file);
    }
  };
  visit(dependenciesOf(root.manifest), root.file);
  return [...found.values()];
};
