import { Command } from "cmdk";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CannedReplyOffer, Locale } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Dialog } from "@/components/ui/dialog";
import { Select } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { finder, isTemplate, useOffered, useTemplatesOffered } from "../data/canned";

interface CannedPickerProps {
  ticket: string;
  open: boolean;
  /** Closed, with what was chosen, once the dialog has gone and the field can have the focus. */
  onClosed: (chosen: CannedReplyOffer | null) => void;
}

/** All that may be said on a ticket, searched by title, shortcut, category and text. */
export function CannedPicker({ ticket, open, onClosed }: CannedPickerProps) {
  const { t } = useTranslation();
  // It closes first and tells then: until it has gone the focus is its own.
  const [chosen, setChosen] = useState<CannedReplyOffer | null>(null);
  const [closing, setClosing] = useState(false);
  return (
    <Dialog
      open={open && !closing}
      onOpenChange={(next) => !next && setClosing(true)}
      onClosed={() => {
        setClosing(false);
        setChosen(null);
        onClosed(chosen);
      }}
      title={t("cannedPick.title")}
      className="max-w-2xl"
    >
      <Choices
        ticket={ticket}
        onChoose={(offer) => {
          setChosen(offer);
          setClosing(true);
        }}
      />
    </Dialog>
  );
}

function Choices({ ticket, onChoose }: { ticket: string; onChoose: (offer: CannedReplyOffer) => void }) {
  const { t } = useTranslation();
  const [locale, setLocale] = useState<Locale | "">("");
  const [word, setWord] = useState("");
  const offers = useOffered(ticket, locale, true);
  const templates = useTemplatesOffered(ticket, locale, t("cannedPick.template"));
  return (
    <Command label={t("composer.canned")} loop shouldFilter={false} className="grid gap-3">
      <div className="flex flex-wrap gap-2">
        <Command.Input
          data-autofocus
          value={word}
          onValueChange={setWord}
          placeholder={t("cannedPick.find")}
          className="h-9 min-w-0 flex-1 rounded-md border bg-surface px-3 text-sm max-sm:h-11"
        />
        <Select aria-label={t("cannedPick.language")} value={locale} onChange={(event) => setLocale(event.target.value as Locale | "")} className="w-auto">
          <option value="">{t("cannedPick.ownLanguage")}</option>
          {LOCALES.map((each) => (
            <option key={each} value={each}>
              {LOCALE_NAMES[each]}
            </option>
          ))}
        </Select>
      </div>
      {offers.data ? (
        <Found offers={[...offers.data, ...(templates.data ?? [])]} word={word} waiting={offers.isPlaceholderData || templates.isPlaceholderData} onChoose={onChoose} />
      ) : offers.isError ? (
        <ErrorState error={offers.error} onRetry={() => void offers.refetch()} />
      ) : (
        <Skeleton className="h-60" />
      )}
    </Command>
  );
}

interface FoundProps {
  offers: CannedReplyOffer[];
  word: string;
  /** They are still those of another language, which was chosen before. */
  waiting: boolean;
  onChoose: (offer: CannedReplyOffer) => void;
}

function Found({ offers, word, waiting, onChoose }: FoundProps) {
  const { t } = useTranslation();
  const find = useMemo(() => finder(offers), [offers]);
  return (
    <Command.List label={t("composer.canned")} aria-busy={waiting || undefined} className="max-h-[50dvh] overflow-y-auto">
      <Command.Empty className="px-3 py-8 text-center text-sm text-muted-foreground">{t(offers.length > 0 ? "cannedPick.noMatch" : "cannedPick.none")}</Command.Empty>
      {find(word).map((offer) => (
        <Command.Item
          key={offer.id}
          value={offer.id}
          disabled={waiting || offer.filled.text === null}
          onSelect={() => onChoose(offer)}
          className="grid min-h-11 cursor-default gap-0.5 rounded-md px-2.5 py-1.5 text-sm select-none data-[disabled=true]:opacity-60 data-[selected=true]:bg-accent data-[selected=true]:text-accent-foreground"
        >
          <span className="flex flex-wrap items-baseline gap-x-2.5">
            <bdi className="font-medium">{offer.title}</bdi>
            {!isTemplate(offer) && <bdi className="font-mono text-xs">/{offer.shortcut}</bdi>}
            {offer.category && <bdi className="text-xs text-muted-foreground">{offer.category}</bdi>}
          </span>
          {offer.filled.text === null ? (
            <span className="text-xs text-danger">{t("cannedPick.cannotBeSaid")}</span>
          ) : (
            <bdi lang={offer.filled.locale} className="line-clamp-2 text-xs text-muted-foreground">
              {offer.filled.text}
            </bdi>
          )}
        </Command.Item>
      ))}
    </Command.List>
  );
}
