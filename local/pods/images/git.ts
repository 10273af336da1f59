import { findOnPath } from "../../process";
import { localCommand } from "./command";
import type { MappedImage } from "./image-map";
import { IMAGE_TOOLS, toolDirectory } from "./tools";

export interface GitImageOptions {
  readonly directory: string;
  /** This machine's. */
  readonly path: string;
}

/** The image `alpine/git`, on this machine's git, without this machine's settings. */
export const gitImage = ({ directory, path }: GitImageOptions): MappedImage => ({
  match: /^(?:docker\.io\/)?alpine\/git(:|@|$)/,
  start: (container) => {
    const git = findOnPath("git", path);
    if (git === undefined) throw new Error("git is not installed on this machine");
    return localCommand(container, {
      entrypoint: ["git"],
      path: toolDirectory(directory, IMAGE_TOOLS.git, { git }, path),
      env: { GIT_CONFIG_NOSYSTEM: "1" },
    });
  },
});
