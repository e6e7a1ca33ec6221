-- Each mail of an invitation counts towards how many may go out, not the invitation alone: when, and who had it sent.
ALTER TABLE customer_invitations
    ADD COLUMN mailed_at timestamptz[] NOT NULL DEFAULT '{}',
    ADD COLUMN mailed_by uuid[] NOT NULL DEFAULT '{}';
UPDATE customer_invitations SET mailed_at = ARRAY[sent_at], mailed_by = ARRAY[invited_by];
