/** A container as an image's local stand-in sees it: everything resolved to this machine. */
export interface ResolvedContainer {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  /** The declared environment, with ConfigMap, Secret and field references filled in. */
  readonly env: { readonly [name: string]: string };
  /** Where a path of the container lies on this machine: in its volume, else in a folder that a restart empties, as an image's own layer. */
  hostPath(containerPath: string): string;
  /** A text, such as an argument, with the paths of mounted folders as they are on this machine. */
  localText(text: string): string;
  /** The free port of 127.0.0.1 that stands for a port of the container until it ends. */
  hostPort(containerPort: number): Promise<number>;
}

export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface LocalCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the PATH and HOME that every process gets. */
  readonly env?: { readonly [name: string]: string };
  readonly cwd?: string;
}

export interface MappedImage {
  /** Matched against the image as declared: `chromadb/chroma:1.5.9`. */
  readonly match: RegExp;
  start(container: ResolvedContainer, pod: PodIdentity): LocalCommand | Promise<LocalCommand>;
}

/** Which local command stands for which image; the first match counts. An image without one cannot be pulled. */
export type ImageMap = readonly MappedImage[];
