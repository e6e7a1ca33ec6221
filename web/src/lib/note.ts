import type { TFunction } from "i18next";
import type { Note } from "@/api/types";

/** Parameters that are words of a closed set themselves, with the texts that translate them. */
const WORDS: Record<string, string> = {
  class: "mailClass",
  from: "ticketState",
  to: "ticketState",
  sender: "mailSender",
  verdict: "mailVerdict",
  place: "mailPlace",
  mail: "outgoingMail",
  why: "mailNote",
  filter: "spamFilter",
  field: "spamRuleField",
};

/** What the server tells by a code and its parameters, in the reader's language. */
export function noteText(t: TFunction, { code, params = {} }: Note): string {
  const told = Object.entries(params).map(([name, value]) => [name, name in WORDS ? t(`${WORDS[name]}.${value}`) : value]);
  return String(t(`mailNote.${code}`, Object.fromEntries(told)));
}
