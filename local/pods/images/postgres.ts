import { delimiter } from "node:path";
import { localCommand } from "./command";
import type { MappedImage } from "./image-map";
import { IMAGE_TOOLS, toolDirectory } from "./tools";

export interface PostgresImageOptions {
  /** PostgreSQL's programs by major version: `/usr/lib/postgresql/15/bin`. */
  readonly bins: ReadonlyMap<number, string>;
  readonly zstd: string;
  /** Where its tools are put together. */
  readonly directory: string;
  /** This machine's. */
  readonly path: string;
}

const NAME = /^(?:docker\.io\/library\/|public\.ecr\.aws\/docker\/library\/)?postgres:(\d+)/;

/** The official PostgreSQL image, for its clients: `pg_dump`, `psql`, `pg_restore`. Servers are `local/rds`'s. */
export const postgresImage = ({ bins, zstd, directory, path }: PostgresImageOptions): MappedImage => ({
  match: NAME,
  start: (container) => {
    const major = Number(NAME.exec(container.image)?.[1]);
    const bin = bins.get(major);
    if (bin === undefined) {
      const there = [...bins.keys()].sort((a, b) => a - b).join(", ");
      throw new Error(`PostgreSQL ${major} is not installed on this machine for the image ${container.image}: there is ${there}`);
    }
    if (container.command === undefined) throw new Error("the local PostgreSQL image runs clients only: give the container a command");
    const tools = toolDirectory(directory, IMAGE_TOOLS.postgres, { zstd }, path);
    return localCommand(container, { entrypoint: [], path: [bin, tools].join(delimiter) });
  },
});
