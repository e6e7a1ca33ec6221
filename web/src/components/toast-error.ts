import i18next from "i18next";
import { explain, type Explained } from "@/api/problem";
import { toast } from "./ui/toast";

/** The funnel for failed actions: every mutation that does not explain its error in place ends here. */
export function toastError(error: unknown): void {
  toastExplained(explain(i18next.t, error));
}

export function toastExplained({ title, action, requestId }: Explained): void {
  toast({ tone: "error", title, detail: action, requestId });
}
