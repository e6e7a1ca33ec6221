import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** A name and what it is, with the reader's punctuation; what it is keeps its own direction. */
export function Labelled({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <>
      {t("common.label", { name })}
      <bdi>{children}</bdi>
    </>
  );
}

/** A few things in one line, with the reader's commas; each keeps its own direction. */
export function Listed({ items }: { items: readonly ReactNode[] }) {
  const { t } = useTranslation();
  return items.map((item, n) => (
    <Fragment key={n}>
      {n > 0 && t("common.comma")}
      <bdi>{item}</bdi>
    </Fragment>
  ));
}

/** Parts of one line with dots between; those that are nothing are left out. */
export function Dotted({ parts }: { parts: readonly ReactNode[] }) {
  const said = parts.filter((part) => part !== null && part !== undefined && part !== false && part !== "");
  return said.map((part, n) => (
    <Fragment key={n}>
      {n > 0 && " · "}
      {part}
    </Fragment>
  ));
}
