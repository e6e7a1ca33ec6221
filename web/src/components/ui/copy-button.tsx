import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./button";

export function CopyButton({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  async function copy() {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  }
  return (
    <Button variant="ghost" size="icon-sm" aria-label={done ? t("common.copied") : label} onClick={copy}>
      {done ? <Check aria-hidden className="text-success" /> : <Copy aria-hidden />}
    </Button>
  );
}
