import { request as httpRequest } from "node:http";

/** What an answer says. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every kind, and fail where one is another
  json: any;
}

/** Asks a server over its socket. */
export function clientOf(address: string) {
  const answerOf = async (response: Response): Promise<Answer> => {
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
  };
  return {
    address,
    get: async (path: string, headers: Record<string, string> = {}) =>
      answerOf(await fetch(`${address}${path}`, { headers, redirect: "manual" })),
    post: async (path: string, body: unknown, init: RequestInit = {}) =>
      answerOf(
        await fetch(`${address}${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: typeof body === "string" ? body : JSON.stringify(body),
          ...init,
        }),
      ),
    /** The path as it is written; fetch would tidy it up. */
    raw: (path: string, headers: Record<string, string> = {}) =>
      new Promise<number>((resolve, reject) => {
        const { hostname, port } = new URL(address);
        httpRequest({ hostname, port, path, headers, agent: false }, (response) => {
          response.resume();
          response.on("end", () => resolve(response.statusCode ?? 0));
        })
          .on("error", reject)
          .end();
      }),
  };
}

/** The events of a stream. */
export function eventsOf(text: string): { name: string; data: { text: string; tokens: string[] } }[] {
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => {
      const [, name = "", data = ""] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
      return { name, data: JSON.parse(data) };
    });
}
