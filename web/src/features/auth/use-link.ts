import { useQuery } from "@tanstack/react-query";
import { asApiError } from "@/api/problem";
import { knock } from "@/api/session";
import type { LinkPage } from "./link-over";
import { useLinkToken } from "./use-link-token";

const PURPOSES: Record<LinkPage, string> = { "confirm-email": "email_change", "magic-link": "magic", "reset-password": "reset", invitation: "invite", verify: "verify" };

/**
 * The mailed link that was opened, looked at before anything is asked for. `over`: it opens nothing. When the server cannot be asked, the page goes on:
 * what the link is good for is said again when it is used.
 */
export function useLink(page: LinkPage) {
  const token = useLinkToken();
  const look = useQuery({
    queryKey: ["link", page, token],
    enabled: token !== "",
    // An answer whatever it is: one that failed would be asked for again at every turn to this page, in front of what is being typed.
    queryFn: () =>
      knock("/auth/link", { token, purpose: PURPOSES[page] }).then(
        () => ({ over: false }),
        (error: unknown) => ({ over: asApiError(error).code === "invalid" }),
      ),
    networkMode: "always",
    staleTime: Infinity,
    gcTime: 0,
  });
  const missing = token === "";
  return { token, missing, over: missing || look.data?.over === true, looking: !missing && look.isPending };
}
