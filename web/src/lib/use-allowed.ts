import { useSession } from "@/api/session";

/** Whether the reader may do one of these at least; nobody may while nobody is signed in. */
export function useAllowed(...permissions: string[]): boolean {
  return useSession(({ user }) => permissions.some((each) => user?.permissions.includes(each)));
}
