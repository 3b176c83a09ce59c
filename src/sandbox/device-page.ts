import type { Answer } from "./answers.js";
import { userOf } from "./directory.js";
import type { DeviceFlow } from "./device-flow.js";
import type { TenantStore } from "./tenant/store.js";

/** The page at `verification_uri`: whoever opens it chooses who signs in, and whether to allow it. A form for people; a program posts `code`, `user` and `decision`. */
export function devicePage(store: TenantStore, flow: DeviceFlow, form?: URLSearchParams): Answer {
  if (form === undefined) return page(200, formHtml(store));
  const [code, user, declined] = [form.get("code") ?? "", form.get("user") ?? "", form.get("decision") === "decline"];
  if (!flow.decide(code, declined ? "declined" : { person: userOf(store, user).id })) return page(400, "<p>That code isn't right, or it has expired.</p>");
  return page(200, declined ? "<p>You declined. You may close this page.</p>" : "<p>You are signed in. You may close this page.</p>");
}

function formHtml({ owners }: TenantStore): string {
  const names = [...owners.values()].filter(({ kind }) => kind === "user").map(({ name }) => `<option>${escaped(name)}</option>`).join("");
  return `<form method="post"><p><label>Code <input name="code" autocomplete="off" required></label></p><p><label>Sign in as <select name="user">${names}</select></label></p>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="decline">Decline</button></p></form>`;
}

function page(status: number, body: string): Answer {
  const bytes = Buffer.from(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sandbox sign-in</title></head><body><h1>Sandbox sign-in</h1>${body}</body></html>`);
  return { status, headers: { "content-type": "text/html; charset=utf-8", "content-length": String(bytes.length) }, stream: once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
