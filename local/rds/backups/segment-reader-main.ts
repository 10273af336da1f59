import { readFileSync } from "node:fs";
import { readSegments } from "./segment-reader";

process.stdout.write(JSON.stringify(readSegments(JSON.parse(readFileSync(0, "utf8")))));
