// The emulators of the tests, without a test runner: their types are stripped by the compiler that we have anyway.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const TESTS = fileURLToPath(new URL("../test/", import.meta.url));

/** Exports of test/emulators/NAME/server.ts, which is written to `dir` with all that it may import. */
export async function emulator(name, dir) {
  const own = (await readdir(path.join(TESTS, "emulators", name))).filter((file) => file.endsWith(".ts")).map((file) => `emulators/${name}/${file}`);
  for (const file of ["free-port.ts", "emulators/loopback.ts", ...own]) {
    const to = path.join(dir, file.replace(/\.ts$/, ".mjs"));
    await mkdir(path.dirname(to), { recursive: true });
    const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
    const { outputText } = ts.transpileModule(await readFile(path.join(TESTS, file), "utf8"), { fileName: file, compilerOptions });
    await writeFile(to, outputText.replace(/(from "\.[^"]*)\.js"/g, '$1.mjs"'));
  }
  return import(pathToFileURL(path.join(dir, `emulators/${name}/server.mjs`)).href);
}
