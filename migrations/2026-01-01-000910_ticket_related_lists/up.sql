-- What a list of the tickets about one order, service or invoice shows, in its order (see migration 760). Few tickets name any.
CREATE INDEX tickets_order_updated ON tickets (order_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL AND order_id IS NOT NULL;
CREATE INDEX tickets_service_updated ON tickets (service_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL AND service_id IS NOT NULL;
CREATE INDEX tickets_invoice_updated ON tickets (invoice_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL AND invoice_id IS NOT NULL;
