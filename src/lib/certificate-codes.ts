/** Codes of Node for a certificate that is not taken (documentation of node:tls, "X509 certificate error codes"; `ERR_TLS_CERT_ALTNAME_INVALID` is Node's own): asking again does not help. */
export const CERTIFICATE_CODES: readonly string[] = [
  "DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID",
];
