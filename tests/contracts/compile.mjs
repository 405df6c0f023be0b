// Compile Solidity with solc-js: node compile.mjs NODE_MODULES < input.json > output.json
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const require = createRequire(join(resolve(process.argv[2]), "solc", "package.json"));
const solc = require("solc");
process.stdout.write(solc.compile(readFileSync(0, "utf8")));
