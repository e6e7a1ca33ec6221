import type { Queue, TicketState, TimelineMessage } from "../src/api/types";
import { jobs, mailboxes, mailJourney, mails, queues, schedules, suppressions } from "./records.ts";
import { sla } from "./sla.ts";
import { ago, emit, people, ticket, tickets, timelines, uuid } from "./store.ts";

export interface MockRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  size: number;
  session: string | null;
}

export interface MockAnswer {
  status?: number;
  data?: unknown;
  problem?: string;
  signIn?: string;
}

type Handler = (request: MockRequest, ...parts: string[]) => MockAnswer;

const missing: MockAnswer = { status: 404, problem: "not_found" };
const session = (role: string): MockAnswer => ({
  data: { access_token: role, token_type: "Bearer", expires_in: 1800, user: people[role] },
  signIn: role,
});
const field = (body: unknown, name: string): unknown => (body as Record<string, unknown> | undefined)?.[name];
const page = (items: unknown[]): MockAnswer => ({ data: { items, next_cursor: null } });

const routes: [string, RegExp, Handler][] = [
  ["POST", /^\/auth\/login$/, ({ body }) => {
    const role = String(field(body, "email")).split("@")[0]!;
    return people[role] ? session(role) : { status: 401, problem: "wrong_credentials" };
  }],
  ["POST", /^\/auth\/refresh$/, ({ session: role }) => (role && people[role] ? session(role) : { status: 401, problem: "unauthenticated" })],
  ["POST", /^\/auth\/logout$/, () => ({ status: 204, signIn: "none" })],
  ["GET", /^\/me$/, ({ session: role }) => ({ data: people[role ?? ""] })],
  ["PATCH", /^\/me$/, ({ session: role, body }) => ({ data: Object.assign(people[role ?? ""]!, body) })],
  ["GET", /^\/tickets$/, ({ query }) => {
    const states = query.get("state")?.split(",");
    const q = query.get("q")?.toLowerCase();
    return page(tickets.filter((each) => (!states || states.includes(each.state)) && (!q || `${each.subject} ${each.number}`.toLowerCase().includes(q)) && (query.get("assignee") !== "none" || !each.assignee)));
  }],
  ["GET", /^\/tickets\/counts$/, () => {
    const by_state: Record<string, number> = {};
    for (const each of tickets) by_state[each.state] = (by_state[each.state] ?? 0) + 1;
    return { data: { by_state, mine: 12, unassigned: tickets.filter((each) => !each.assignee).length } };
  }],
  ["POST", /^\/tickets$/, ({ body }) => {
    const made = { ...ticket(tickets.length, String(field(body, "subject"))), number: 100_035 + tickets.length, created_at: ago(0), updated_at: ago(0), state: "open" as const };
    tickets.unshift(made);
    timelines.set(made.id, []);
    emit("ticket.created", { type: "ticket", id: made.id });
    return { status: 201, data: made };
  }],
  ["GET", /^\/tickets\/([^/]+)$/, (_, id) => one(id)],
  ["PATCH", /^\/tickets\/([^/]+)$/, ({ body }, id) => change(id, body as object)],
  ["GET", /^\/tickets\/([^/]+)\/sla$/, (_, id) => {
    const found = tickets.find((each) => each.id === id);
    return found ? { data: sla(found) } : missing;
  }],
  ["GET", /^\/tickets\/([^/]+)\/timeline$/, (_, id) => page(timelines.get(id!) ?? [])],
  ["POST", /^\/tickets\/([^/]+)\/messages$/, ({ body, session: role }, id) => {
    const author = people[role ?? "agent"]!;
    const message: TimelineMessage = {
      type: "message", id: crypto.randomUUID(), at: ago(0), kind: field(body, "kind") as "reply" | "note", direction: "out",
      author: { id: author.id, name: author.name, email: author.email }, is_staff: author.role !== "client", verified: true,
      body_text: String(field(body, "body")), attachments: [], deliveries: [], mentions: [], views: [], unseen: false, held: false,
    };
    timelines.get(id!)?.push(message);
    const next = field(body, "next_state") as TicketState | undefined;
    change(id, next ? { state: next } : {});
    return { status: 201, data: message };
  }],
  ["POST", /^\/tickets\/([^/]+)\/state$/, ({ body }, id) => change(id, { state: field(body, "to") })],
  ["POST", /^\/tickets\/([^/]+)\/assignee$/, ({ body }, id) => {
    const who = Object.values(people).find((each) => each.id === field(body, "assignee_id"));
    return change(id, { assignee: who ? { id: who.id, name: who.name } : null });
  }],
  ["POST", /^\/tickets\/([^/]+)\/held\/([^/]+)$/, (_, id, message) => {
    const found = timelines.get(id!)?.find((each) => each.type === "message" && each.id === message);
    if (found?.type === "message") found.held = false;
    return change(id, {});
  }],
  ["GET", /^\/agents$/, () => ({ data: { items: [people.agent, people.admin], next_cursor: null } })],
  ["POST", /^\/uploads$/, ({ query, size }) => ({ status: 201, data: { id: crypto.randomUUID(), name: query.get("filename"), content_type: "application/octet-stream", size, sha256: "00" } })],
  ["GET", /^\/mails$/, ({ query }) => page(mails.filter((each) => !query.get("state") || each.state === query.get("state")))],
  ["GET", /^\/mails\/([^/]+)$/, (_, id) => ({ data: mailJourney(id!) })],
  ["GET", /^\/mailboxes$/, () => page(mailboxes)],
  ["GET", /^\/mailboxes\/([^/]+)$/, (_, id) => ({ data: mailboxes.find((each) => each.id === id) })],
  ["GET", /^\/suppressions$/, () => page(suppressions)],
  ["GET", /^\/queues$/, () => page(queues)],
  ["POST", /^\/queues\/([^/]+)\/(pause|resume|drain|retry-dead|discard-dead)$/, (_, name, action) => {
    const queue = queues.find((each) => each.name === name);
    if (!queue) return missing;
    const next: Record<string, Queue["state"]> = { pause: "paused", resume: "running", drain: "draining" };
    queue.state = next[action!] ?? queue.state;
    emit("queue.updated", { type: "queue", id: queue.name });
    return { data: { jobs: 0 } };
  }],
  ["GET", /^\/jobs$/, ({ query }) => page(jobs.filter((each) => (!query.get("state") || each.state === query.get("state")) && (!query.get("queue") || each.queue === query.get("queue"))))],
  ["GET", /^\/jobs\/([^/]+)$/, (_, id) => ({ data: jobs.find((each) => each.id === id) })],
  ["GET", /^\/schedules$/, () => page(schedules)],
  ["POST", /^\/schedules\/([^/]+)\/run$/, () => ({ data: { job_id: uuid(1) } })],
];

function one(id: string | undefined): MockAnswer {
  const found = tickets.find((each) => each.id === id);
  return found ? { data: found } : missing;
}

function change(id: string | undefined, part: object): MockAnswer {
  const found = tickets.find((each) => each.id === id);
  if (!found) return missing;
  Object.assign(found, part, { version: found.version + 1, updated_at: ago(0) });
  emit("ticket.updated", { type: "ticket", id: found.id });
  return { data: found };
}

export function handle(request: MockRequest): MockAnswer {
  for (const [method, pattern, handler] of routes) {
    const match = method === request.method && pattern.exec(request.path);
    if (match) return handler(request, ...match.slice(1));
  }
  return missing;
}
