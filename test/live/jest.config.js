import base from "../../jest.config.js";

/** The test that reads a real tenant: never part of `npm test`. */
export default { ...base, rootDir: "../..", testMatch: ["<rootDir>/test/live/**/*.test.ts"], testPathIgnorePatterns: [], testTimeout: 24 * 3_600_000 };
