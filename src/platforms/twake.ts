import { asFiles, type Platform } from "./platform.js";

/** What the adapter `twake` leaves open. */
export const twake: Platform = {
  name: "twake",
  title: "Twake Workplace (Linagora)",
  page: "docs/targets/twake.md",
  workloads: {
    ...asFiles("linagora/tmail-backend@cbb8acd, docs/modules/ROOT/pages/tmail-backend/features/index.adoc: none of its features takes it"),
  },
};
