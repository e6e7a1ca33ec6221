import { FolderTree, Plus } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { KnowledgeSection, Locale } from "@/api/types";
import { DeleteButton } from "@/components/delete-button";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { ListSkeleton } from "@/components/list-skeleton";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { toast } from "@/components/ui/toast";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { cn } from "@/lib/cn";
import { useFocusAfter } from "@/lib/use-focus-after";
import { sectionSchema, useDeleteSection, useSaveSection, useSections, type SectionForm } from "./data";

const LIST = "/desk/knowledge";

/** The sections in which articles stand. */
export function KnowledgeSectionsPage() {
  const { t, i18n } = useTranslation();
  const sections = useSections();
  const remove = useDeleteSection();
  const [asked, setAsked] = useState<KnowledgeSection | "new" | null>(null);
  const all = sections.data ?? [];
  // As it is now, not as it was when it was asked for: what others change shows in the dialog.
  const about = asked && asked !== "new" ? (all.find(({ id }) => id === asked.id) ?? asked) : undefined;
  const rows = all.filter(({ parent_id }) => parent_id === null).flatMap((outer) => [outer, ...all.filter(({ parent_id }) => parent_id === outer.id)]);
  const list = useRef<HTMLUListElement>(null);
  const leaving = useFocusAfter(rows, list);
  return (
    <Page
      title={t("knowledge.sections")}
      description={t("knowledge.sectionsText")}
      back={{ to: LIST, label: t("knowledge.back") }}
      width="narrow"
      actions={
        <Button variant="primary" onClick={() => setAsked("new")}>
          <Plus aria-hidden />
          {t("knowledge.newSection")}
        </Button>
      }
    >
      {sections.isPending ? (
        <ListSkeleton rows={4} />
      ) : !sections.data ? (
        <ErrorState error={sections.error} onRetry={() => void sections.refetch()} />
      ) : rows.length === 0 ? (
        <Empty icon={FolderTree} title={t("knowledge.noSections")} />
      ) : (
        <Card>
          <ul ref={list} tabIndex={-1} aria-label={t("knowledge.sections")} className="divide-y outline-none">
            {rows.map((section) => {
              const name = section.names[i18n.language as Locale];
              const empty = section.articles === 0 && !all.some(({ parent_id }) => parent_id === section.id);
              return (
                <li key={section.id} data-id={section.id} className={cn("flex flex-wrap items-center gap-2 px-4 py-2", section.parent_id && "ps-10")}>
                  <Button variant="link" size="text" className="max-sm:min-h-11" onClick={() => setAsked(section)}>
                    <bdi>{name}</bdi>
                  </Button>
                  <span className="me-auto text-xs text-muted-foreground">{t("knowledge.count", { count: section.articles })}</span>
                  {empty && (
                    <DeleteButton
                      size="sm"
                      title={t("knowledge.deleteSection", { name })}
                      text={t("knowledge.deleteSectionText")}
                      remove={() => {
                        leaving(section);
                        return remove.mutateAsync(section);
                      }}
                    />
                  )}
                </li>
              );
            })}
          </ul>
        </Card>
      )}
      {asked && (
        <SectionDialog
          section={about}
          all={all}
          reload={async () => (await sections.refetch()).data?.find(({ id }) => id === about?.id)}
          onClose={() => setAsked(null)}
        />
      )}
    </Page>
  );
}

interface SectionDialogProps {
  section?: KnowledgeSection;
  all: readonly KnowledgeSection[];
  reload: () => Promise<KnowledgeSection | undefined>;
  onClose: () => void;
}

function SectionDialog({ section, all, reload, onClose }: SectionDialogProps) {
  const { t, i18n } = useTranslation();
  const save = useSaveSection(section?.id);
  const form = useAppForm<SectionForm>({
    schema: sectionSchema,
    values: {
      names: section?.names ?? { fr: "", en: "", ar: "" },
      slug: section?.slug ?? "",
      parent_id: section?.parent_id ?? "",
      position: String(section?.position ?? 0),
    },
    present: section && { version: section.version, reload },
    save: ({ parent_id, position, ...rest }, sending) => save.mutateAsync({ body: { ...rest, parent_id: parent_id || null, position: Number(position) }, ...sending }),
    onSaved: () => {
      toast({ tone: "success", title: t("knowledge.sectionSaved") });
      onClose();
    },
  });
  const holds = all.some(({ parent_id }) => parent_id === section?.id);
  const parents = holds ? [] : all.filter(({ id, parent_id }) => parent_id === null && id !== section?.id);
  return (
    <FormDialog form={form} title={t(section ? "knowledge.editSection" : "knowledge.newSection")} confirm={t("common.save")} onClose={onClose}>
      {LOCALES.map((locale) => (
        <TextField key={locale} form={form} name={`names.${locale}`} label={t("knowledge.name", { language: LOCALE_NAMES[locale] })} required lang={locale} dir={locale === "ar" ? "rtl" : "ltr"} autoComplete="off" />
      ))}
      <SelectField form={form} name="parent_id" label={t("knowledge.parent")} options={[{ value: "", label: t("knowledge.top") }, ...parents.map(({ id, names }) => ({ value: id, label: names[i18n.language as Locale] }))]} />
      <TextField form={form} name="slug" label={t("knowledge.slug")} hint={t("knowledge.slugHint")} dir="ltr" autoComplete="off" spellCheck={false} />
      <TextField form={form} name="position" label={t("knowledge.position")} hint={t("knowledge.positionHint")} inputMode="numeric" dir="ltr" autoComplete="off" />
    </FormDialog>
  );
}
