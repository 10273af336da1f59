// A server for pods under test: answers 200 with its process id on the port that it is given, and ends on SIGTERM.
const { createServer } = require("node:http");

const server = createServer((_, response) => response.end(String(process.pid)));
server.listen(Number(process.argv[2]), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
