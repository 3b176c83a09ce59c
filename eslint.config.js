import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "demo/", "coverage/", "fixtures/", "bench/", "*.js", "**/*.cjs", "bin/"] },
  ...tseslint.configs.recommended,
  {
    files: ["src/**/*.ts", "adapters/**/*.ts", "test/**/*.ts"],
    languageOptions: { parserOptions: { project: "./tsconfig.json" } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-control-regex": "off",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
    },
  },
  {
    files: ["src/**/*.ts", "adapters/**/*.ts"],
    rules: { "max-lines": ["error", { max: 300 }], "no-console": "error", "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true } }] },
  },
);
