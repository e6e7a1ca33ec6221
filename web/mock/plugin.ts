import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";
import { handle } from "./routes.ts";
import { subscribe } from "./store.ts";

// `npm run dev:mock`: the pages without a backend, for work on looks. It promises nothing about the real API's
// behaviour; its answers are typed from the same document, so they cannot drift in shape.
export function mockApi(): Plugin {
  return {
    name: "mock-api",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const url = new URL(request.url ?? "/", "http://mock");
        if (!url.pathname.startsWith("/api/")) return next();
        void answer(request, response, url);
      });
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const path = url.pathname.replace(/^\/api\/v1/, "");
  if (path === "/events/stream") return stream(response);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const json = request.headers["content-type"]?.includes("json") && raw.length > 0;
  const body: unknown = json ? JSON.parse(raw.toString("utf8")) : undefined;
  const cookie = /cm_mock=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? null;
  const { status = 200, data, signIn, problem } = handle({
    method: request.method ?? "GET",
    path,
    query: url.searchParams,
    body,
    size: raw.length,
    session: cookie,
  });
  response.statusCode = status;
  response.setHeader("x-request-id", crypto.randomUUID());
  if (signIn !== undefined) response.setHeader("set-cookie", `cm_mock=${signIn}; Path=/; HttpOnly; SameSite=Strict`);
  if (problem) {
    response.setHeader("content-type", "application/problem+json");
    response.end(JSON.stringify({ type: "about:blank", title: problem, status, code: problem }));
  } else if (data === undefined) response.end();
  else {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(data));
  }
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(": hello\n\n");
  const stop = subscribe((event) => response.write(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
  const beat = setInterval(() => response.write(": beat\n\n"), 15_000);
  response.on("close", () => {
    clearInterval(beat);
    stop();
  });
}
