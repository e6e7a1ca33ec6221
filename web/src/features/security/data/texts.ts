import { useQuery } from "@tanstack/react-query";
import { api, call, callAs } from "@/api/client";
import { SMS_STATES, type Page, type SmsMessage } from "@/api/types";
import { one, search, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

export const TEXTS = { q: search(), state: one(SMS_STATES) };

export function useTexts({ q, state }: FilterOf<typeof TEXTS>) {
  return useList<SmsMessage>(["sms", q, state], (cursor, signal) =>
    callAs<Page<SmsMessage>>(api.GET("/api/v1/sms/messages", { params: { query: { phone: q || undefined, state: state || undefined, cursor, limit: 50 } }, signal })),
  );
}

export function useTextUsage() {
  return useQuery({
    queryKey: ["sms", "usage"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/sms/usage", { signal })),
  });
}
