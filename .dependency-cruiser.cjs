/** Layers point one way; `test/arch/layers.test.ts` plants one violation per rule and expects it to be found. */
const only = (name, from, allowed, comment) => ({
  name, severity: "error", comment, from: { path: `^${from}` }, to: { path: "^(src|adapters|bin)/", pathNot: [`^${from}`, ...allowed.map((path) => `^${path}`)] },
});
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", comment: "A cycle has no lowest layer.", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
    only("core-is-pure", "src/core/", [], "Contracts know nothing of who fulfils them."),
    only("lib-is-leaf", "src/lib/", ["src/core/"], "Small helpers serve every layer."),
    only("format-on-core", "src/format/", ["src/core/"], "The neutral format outlives the program around it."),
    only("convert-is-pure", "src/convert/", ["src/core/", "src/format/", "src/lib/"], "From the neutral format to another form, for whatever target: no protocol, no source."),
    only("vault-on-format", "src/vault/", ["src/core/", "src/format/", "src/lib/"], "The vault knows bytes and records, not where they come from."),
    only("state-on-core", "src/state/", ["src/core/", "src/lib/"], "Checkpoints know rows, not protocols."),
    only("engine-knows-no-vendor", "src/engine/", ["src/core/", "src/format/", "src/lib/"], "Source, vault, state and adapters arrive by injection."),
    only("exports-by-injection", "src/export/", ["src/core/", "src/format/", "src/convert/", "src/lib/", "src/drivers/disk/"], "Vault and index arrive by injection; what people read needs no more."),
    only("graph-is-a-source", "src/graph/", ["src/core/", "src/format/", "src/lib/"], "The reader shares nothing with the sandbox that it is tested against."),
    only("sandbox-is-apart", "src/sandbox/", ["src/core/errors", "src/core/skips"], "The sandbox must not share a misunderstanding with the reader."),
    only("drivers-know-no-workload", "src/drivers/", ["src/core/", "src/lib/"], "A driver speaks one protocol, to any vendor."),
    only("platforms-are-data", "src/platforms/", ["src/core/"], "What is known of a vendor is data; who shows it comes above."),
    only("kit-serves-adapters", "src/kit/", ["src/core/", "src/format/", "src/convert/", "src/drivers/", "src/lib/"], "What an adapter may build on."),
    {
      name: "adapter-sees-only-kit", severity: "error", comment: "An auditor can read one adapter and know everything it can touch; adapters are strangers to one another, but for the front door of those that one is composed of.",
      from: { path: "^adapters/([^/]+)/" }, to: { path: "^(src|adapters)/", pathNot: ["^adapters/$1/", "^adapters/[^/]+/index[.]ts$", "^src/(kit|core|format|convert|drivers|lib)/"] },
    },
    { name: "only-cli-composes", severity: "error", comment: "Nothing below depends on the command line or on the list of adapters.", from: { pathNot: "^(src/cli/|bin/)" }, to: { path: "^(src/cli/|adapters/registry)" } },
    { name: "sockets-have-few-doors", severity: "error", comment: "Network clients are used where protocols are spoken.", from: { path: "^(src|adapters)/", pathNot: "^src/(graph|drivers|sandbox|kit)/" }, to: { path: "^(node:)?(net|tls|http|https|dgram)$|(^|/)node_modules/(undici|imapflow)/" } },
  ],
  options: { tsConfig: { fileName: "tsconfig.json" }, tsPreCompilationDeps: true, doNotFollow: { path: "node_modules" }, exclude: { path: "^(dist|node_modules)/" } },
};
