import { runPlugin } from "../protocol/main";
import { awsPlugin } from "./plugin";

void runPlugin(awsPlugin(process.env));
