import { useTranslation } from "react-i18next";
import type { JobState, Queue } from "@/api/types";
import { Badge, type Tone } from "@/components/ui/badge";

const JOB: Record<JobState, Tone> = { queued: "neutral", running: "info", succeeded: "success", dead: "danger", cancelled: "warning" };

export function JobStateBadge({ state }: { state: JobState }) {
  const { t } = useTranslation();
  return <Badge tone={JOB[state]}>{t(`jobState.${state}`)}</Badge>;
}

const QUEUE: Record<Queue["state"], Tone> = { running: "success", paused: "warning", draining: "info" };

export function QueueStateBadge({ state }: { state: Queue["state"] }) {
  const { t } = useTranslation();
  return <Badge tone={QUEUE[state]}>{t(`queueState.${state}`)}</Badge>;
}
