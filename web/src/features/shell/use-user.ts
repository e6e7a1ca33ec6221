import { useSession } from "@/api/session";
import type { Me } from "@/api/types";

/** The person who is signed in. Only inside the shell, which shows nothing without one. */
export function useUser(): Me {
  const user = useSession((state) => state.user);
  if (!user) throw new Error("used outside the shell");
  return user;
}

export function useMay(permission: string): boolean {
  return useUser().permissions.includes(permission);
}
