import { runPlugin } from "../protocol/main";
import { kubernetesPlugin } from "./plugin";

void runPlugin(kubernetesPlugin(process.env));
