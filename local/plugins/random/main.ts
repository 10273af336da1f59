import { randomBytes } from "node:crypto";
import { runPlugin } from "../protocol/main";
import { randomPlugin } from "./plugin";

void runPlugin(randomPlugin(randomBytes));
