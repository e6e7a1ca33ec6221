import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";

/** Has a code sent to a phone that is to be used. */
export function beginPhone(phone: string) {
  return call(api.POST("/api/v1/me/factors/phone", { body: { phone } }));
}

export function confirmPhone(code: string) {
  return call(api.POST("/api/v1/me/factors/phone/confirm", { body: { code } }));
}

export function useRemovePhone() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.DELETE("/api/v1/me/factors/phone")),
    onSettled: () => queries.invalidateQueries({ queryKey: ["me", "factors"] }),
  });
}
