import i18next from "i18next";
import { explain } from "@/api/problem";
import { toast } from "./ui/toast";

/** The funnel for failed actions: every mutation that does not explain its error in place ends here. */
export function toastError(error: unknown): void {
  const { title, action, requestId } = explain(i18next.t, error);
  toast({ tone: "error", title, detail: action, requestId });
}
