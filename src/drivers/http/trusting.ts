import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";

const made = new Map<string, SecureContext>();

/** What TLS connections share that trust a PEM certificate beside the well-known ones. Made once: to read them all again for every connection would hold the program up, each time for milliseconds. */
export function trusting(ca: string): SecureContext {
  let context = made.get(ca);
  if (context === undefined) made.set(ca, (context = createSecureContext({ ca: [ca, ...rootCertificates] })));
  return context;
}
