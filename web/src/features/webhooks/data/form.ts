import { z } from "zod";
import type { WebhookEndpoint } from "@/api/types";

export const endpointSchema = z.object({
  url: z.string().trim().min(1, "field.empty").max(500, "field.too_long"),
  description: z.string().trim().max(200, "field.too_long"),
  types: z.array(z.string()).min(1, "webhook.typeNeeded"),
  enabled: z.boolean(),
});

export type EndpointForm = z.infer<typeof endpointSchema>;

export function toForm(endpoint?: WebhookEndpoint): EndpointForm {
  return {
    url: endpoint?.url ?? "",
    description: endpoint?.description ?? "",
    types: endpoint?.types ?? [],
    enabled: endpoint?.enabled ?? true,
  };
}
