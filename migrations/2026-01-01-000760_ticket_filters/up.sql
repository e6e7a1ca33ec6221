-- What a list of one group, customer, requester or way in shows, in its order: the page is the beginning of what the index holds, however
-- much there is of it. The address has one beside that of the account, since whoever writes without an account has no other.
CREATE INDEX tickets_group_updated ON tickets (group_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tickets_customer_updated ON tickets (customer_id, updated_at DESC, id DESC)
    WHERE deleted_at IS NULL AND customer_id IS NOT NULL;
CREATE INDEX tickets_requester_email_updated ON tickets (requester_email, updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tickets_source_updated ON tickets (source, updated_at DESC, id DESC) WHERE deleted_at IS NULL;
