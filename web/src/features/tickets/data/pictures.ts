import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, callAs } from "@/api/client";
import type { MessagePictures, TimelineMessage } from "@/api/types";
import type { RemotePicture } from "@/components/mail-html-document";

/** News come live; should they not, it is asked again. */
const POLL_MS = 3000;

/** What became of a message's pictures on servers of others, by their addresses. */
export function useRemotePictures({ id, pictures }: TimelineMessage): ReadonlyMap<string, RemotePicture> | undefined {
  const { t } = useTranslation();
  return useMemo(() => {
    if (pictures?.state !== "done") return undefined;
    const told = (item: MessagePictures["items"][number]): RemotePicture =>
      item.state === "fetched" ? { path: `/api/v1/messages/${id}/pictures/${item.position}` } : { why: t(`pictures.why.${item.reason ?? "missing"}`) };
    return new Map(pictures.items.map((item) => [item.url, told(item)]));
  }, [id, pictures, t]);
}

/** Has the pictures of a message fetched; they are shown with the message once they are here. */
export function useFetchPictures(id: string, known: MessagePictures | null | undefined) {
  const queries = useQueryClient();
  const path = { id };
  const ask = useMutation({
    mutationFn: () => callAs<MessagePictures>(api.POST("/api/v1/messages/{id}/pictures", { params: { path } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["ticket"] }),
  });
  const state = known?.state ?? ask.data?.state ?? "blocked";
  const waiting = useQuery({
    queryKey: ["message-pictures", id],
    enabled: state === "queued",
    refetchInterval: POLL_MS,
    queryFn: ({ signal }) => callAs<MessagePictures>(api.GET("/api/v1/messages/{id}/pictures", { params: { path }, signal })),
  });
  const over = state === "queued" && waiting.data?.state === "done";
  useEffect(() => {
    if (over) void queries.invalidateQueries({ queryKey: ["ticket"] });
  }, [over, queries]);
  return { ask: () => ask.mutate(), busy: ask.isPending || state === "queued", done: state === "done" };
}
