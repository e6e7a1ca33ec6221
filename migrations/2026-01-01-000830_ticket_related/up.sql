-- What a ticket is about besides its customer: an order, a service of his, an invoice. Their tables come with what makes them, and
-- so do the references to them and their indexes: until then staff and programs say by id what a ticket is about.
ALTER TABLE tickets ADD COLUMN order_id uuid, ADD COLUMN service_id uuid, ADD COLUMN invoice_id uuid;
