import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { fieldWords } from "@/api/problem";
import { ErrorState } from "@/components/error-state";
import type { AppForm } from "@/components/form/use-app-form";
import { Mono } from "@/components/mono";
import { Checkbox } from "@/components/ui/checkbox";
import { Skeleton } from "@/components/ui/skeleton";
import type { EndpointForm } from "../data/form";
import { useEventTypes } from "../data/queries";

/** Which kinds of events are sent. */
export function EventTypes({ form }: { form: AppForm<EndpointForm> }) {
  const { t, i18n } = useTranslation();
  const known = useEventTypes();
  const chosen = useWatch({ control: form.control, name: "types" });
  const wrong = form.formState.errors.types?.message;
  const choose = (type: string, on: boolean) =>
    form.setValue("types", on ? [...chosen, type] : chosen.filter((each) => each !== type), { shouldDirty: true, shouldValidate: form.formState.isSubmitted });
  return (
    <fieldset className="grid min-w-0 gap-1">
      <legend className="mb-1 text-sm font-medium">{t("webhook.types")}</legend>
      {wrong && (
        <p role="alert" className="text-xs font-medium text-danger">
          {fieldWords(i18n, wrong)}
        </p>
      )}
      {known.data ? (
        known.data.items.map((type) => (
          <label key={type} className="flex min-h-8 items-center gap-2.5 text-sm">
            <Checkbox checked={chosen.includes(type)} onCheckedChange={(on) => choose(type, on === true)} />
            <span className="min-w-0">
              {t(`eventType.${type.replace(".", "_")}`)} <Mono className="text-xs text-muted-foreground">{type}</Mono>
            </span>
          </label>
        ))
      ) : known.isError ? (
        <ErrorState error={known.error} onRetry={() => void known.refetch()} />
      ) : (
        <Skeleton className="h-60" />
      )}
    </fieldset>
  );
}
