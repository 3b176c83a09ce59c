#!/usr/bin/env node
// Plain JavaScript, so that an old Node prints this sentence instead of a syntax error.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`o365-exodus needs Node.js 20.19 or newer (this is ${process.versions.node}). / o365-exodus demande Node.js 20.19 ou plus récent.`);
  process.exit(1);
}
try {
  const { main } = await import("../dist/src/cli/main.js");
  process.exitCode = await main(process.argv);
} catch (error) {
  if (error?.code === "ERR_MODULE_NOT_FOUND" && String(error.message).includes("dist/src/cli/main.js")) {
    console.error("Not built yet: run `npm run build` first. / Pas encore construit : lancez d'abord `npm run build`.");
    process.exitCode = 1;
  } else throw error;
}
