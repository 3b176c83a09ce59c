/** Bytes a millisecond that a server is trusted to work off once it has them all: a proxy that buffers hands a body on only then (nginx, ngx_http_proxy_module, "proxy_request_buffering"). */
const WORKED_OFF = 4_000;

/** Milliseconds that may pass without a word after the last byte of a body of so many bytes. */
export function silenceAfter(size: number, timeoutMs: number): number {
  return Math.round(timeoutMs + size / WORKED_OFF);
}
