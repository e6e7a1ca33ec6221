ALTER TABLE tickets DROP COLUMN order_id, DROP COLUMN service_id, DROP COLUMN invoice_id;
