/** ESM through the VM modules flag (see package.json): sources are transformed file by file, types are checked by `npm run lint`. */
export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": "<rootDir>/test/transform.cjs",
  },
  // TypeScript sources import one another by their emitted ".js" names.
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  moduleFileExtensions: ["ts", "js", "mjs", "cjs", "json", "node"],
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/live/"],
  testTimeout: 300_000,
};
