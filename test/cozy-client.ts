import { request } from "undici";

/** An instance as the tests themselves look into it: by plain requests, sharing no code with the driver. */
export interface CozyEyes {
  /** Names of what stands in a folder. */
  names(folder: string): Promise<string[]>;
  /** Puts other bytes into a file, as a user would. */
  overwrite(file: string, content: string): Promise<void>;
  call(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<{ readonly status: number; readonly text: string }>;
}

/** `stack`: where it listens; `host`: the instance's domain. */
export function cozyEyes(stack: string, host: string, token: () => Promise<string>): CozyEyes {
  const call: CozyEyes["call"] = async (method, path, body, headers = {}) => {
    const answer = await request(`${stack}${path}`, {
      method: method as "GET", headers: { host, accept: "application/vnd.api+json", authorization: `Bearer ${await token()}`, ...headers }, ...(body === undefined ? {} : { body }),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  };
  return {
    call,
    names: async (folder) => {
      const { status, text } = await call("GET", `/files/${folder}/relationships/contents?page[limit]=100000`);
      if (status !== 200) throw new Error(`${status}: ${text}`);
      const { data } = JSON.parse(text) as { data: { attributes: { name: string } }[] | null };
      return (data ?? []).map(({ attributes }) => attributes.name);
    },
    overwrite: async (file, content) => {
      const { status, text } = await call("PUT", `/files/${file}`, content, { "content-type": "text/plain" });
      if (status !== 200) throw new Error(`${status}: ${text}`);
    },
  };
}

/** A token of the administration port. */
export async function adminToken(admin: string, passphrase: string, domain: string): Promise<string> {
  const query = new URLSearchParams({ Domain: domain, Audience: "cli", Scope: "io.cozy.files", Subject: "tests" });
  const answer = await request(`${admin}/instances/token?${query.toString()}`, { method: "POST", headers: { authorization: `Basic ${Buffer.from(`admin:${passphrase}`).toString("base64")}` } });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${text}`);
  return text.trim();
}
