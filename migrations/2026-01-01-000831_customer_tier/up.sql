-- How much a customer is promised; service levels ask for it. Almost all are of the first, so the index holds the others alone.
ALTER TABLE customers ADD COLUMN tier text NOT NULL DEFAULT 'standard' CHECK (tier IN ('standard', 'business', 'premium'));
CREATE INDEX customers_tier ON customers (tier, created_at DESC, id DESC) WHERE deleted_at IS NULL AND tier <> 'standard';
