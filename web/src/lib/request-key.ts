import { asApiError } from "@/api/problem";
import { uniqueKey } from "./unique";

const UNSETTLED = ["idempotency_answer_lost", "idempotency_key_in_flight"];

/** The Idempotency-Key of what is being sent. */
export class RequestKey {
  #sent: { content: string; key: string } | null = null;

  /** The same for the same content until the server has settled it, so that a second try does not do the work twice; other content is other work. */
  of(content: unknown): string {
    const text = JSON.stringify(content);
    if (this.#sent?.content !== text) this.#sent = { content: text, key: uniqueKey() };
    return this.#sent.key;
  }

  done(): void {
    this.#sent = null;
  }

  /** A refusal settles it. Without an answer, with the answer lost or with the first try under way it may be done. */
  failed(error: unknown): void {
    const { status, code } = asApiError(error);
    if (status >= 400 && status < 500 && !UNSETTLED.includes(code)) this.done();
  }
}

const keys = new Map<string, RequestKey>();

/** The key of what is sent under a name: it outlives the part of the page that sends it. */
export function requestKeyOf(name: string): RequestKey {
  const known = keys.get(name) ?? new RequestKey();
  keys.set(name, known);
  return known;
}
