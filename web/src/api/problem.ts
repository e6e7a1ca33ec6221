import type { TFunction } from "i18next";

/** The body of an error answer (RFC 9457) as this API sends it. */
export interface Problem {
  status: number;
  code: string;
  title?: string;
  detail?: string | null;
  request_id?: string | null;
  errors?: { pointer: string; code: string; detail: string; params?: Record<string, string> }[];
  allowed?: string[];
}

/** The one error every failed call ends in, whatever went wrong. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.name = "ApiError";
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

export const OFFLINE = "offline";

/** Reads an answer that is not a success; a proxy may have sent something else than problem+json. */
export async function problemOf(response: Response): Promise<Problem> {
  const request_id = response.headers.get("x-request-id");
  try {
    const body = (await response.json()) as Partial<Problem>;
    if (typeof body.code === "string") {
      return { ...body, code: body.code, status: response.status, request_id: body.request_id ?? request_id };
    }
  } catch {
    // Not JSON: the status says all there is to say.
  }
  return { status: response.status, code: codeOfStatus(response.status), request_id };
}

function codeOfStatus(status: number): string {
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 413) return "too_large";
  if (status === 429) return "rate_limited";
  if (status >= 500) return status === 503 ? "unavailable" : "internal";
  return "unexpected";
}

/** Turns anything thrown into an [`ApiError`]; a failed fetch means that the server cannot be reached. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const detail = error instanceof Error ? error.message : null;
  return new ApiError({ status: 0, code: error instanceof TypeError ? OFFLINE : "unexpected", detail });
}

export interface Explained {
  /** What happened. */
  title: string;
  /** What to do about it. */
  action: string;
  requestId: string | null;
}

/** What happened and what to do, in the reader's language, found by the stable code. */
export function explain(t: TFunction, error: unknown): Explained {
  const { problem } = asApiError(error);
  const generic = problem.status >= 500 ? "internal" : "unexpected";
  const title = [`problem.${problem.code}.title`, `problem.${generic}.title`];
  const action = [`problem.${problem.code}.action`, `problem.${generic}.action`];
  return { title: t(title), action: t(action), requestId: problem.request_id ?? null };
}

/** What fields' errors are said with. */
interface Texts {
  exists: (key: string) => boolean;
  t: (key: string, params: Record<string, string>) => string;
}

/**
 * What is wrong with a field, in the reader's language. `message` is the key of a text, or a sentence already. The text of what was refused in
 * one language may be missing in another that was chosen since: then what can be said of any field is said.
 */
export function fieldWords(texts: Texts, message: string): string {
  if (texts.exists(message)) return texts.t(message, {});
  return /^field\.\w+$/.test(message) ? texts.t("field.invalid", {}) : message;
}

/**
 * Keys of the field errors' texts by the name of the form's field: `/requester/email` becomes `requester.email`. An error that names
 * something, such as a line, is a sentence already.
 */
export function fieldErrors(texts: Texts, error: unknown): Record<string, string> {
  const found: Record<string, string> = {};
  for (const field of asApiError(error).problem.errors ?? []) {
    const name = field.pointer.replace(/^#?\//, "").replaceAll("/", ".");
    const key = `field.${field.code}`;
    found[name] = !texts.exists(key) ? "field.invalid" : field.params ? texts.t(key, field.params) : key;
  }
  return found;
}
