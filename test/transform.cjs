const ts = require("typescript");

/** Jest transform: strips types with the compiler that we have anyway; types themselves are checked by `npm run lint`. */
module.exports = {
  process(source, file) {
    const { outputText } = ts.transpileModule(source, {
      fileName: file,
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, inlineSourceMap: true, inlineSources: true },
    });
    return { code: outputText };
  },
};
