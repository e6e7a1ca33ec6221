import { useTranslation } from "react-i18next";

/** The reading direction of the language on screen. */
export function useDirection(): "ltr" | "rtl" {
  const { i18n } = useTranslation();
  return i18n.language === "ar" ? "rtl" : "ltr";
}
