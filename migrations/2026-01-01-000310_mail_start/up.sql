-- Where a mailbox that starts "now" began: what lies before is never taken, by no later look either.
ALTER TABLE mailboxes ADD COLUMN start_uid bigint NOT NULL DEFAULT 0;
ALTER TABLE mailboxes ADD COLUMN start_at timestamptz;

-- Of those that began before this was noted, the first mail that was taken tells where.
UPDATE mailboxes b SET start_at = b.created_at,
       start_uid = coalesce((SELECT min(r.uid) - 1 FROM raw_mails r WHERE r.mailbox_id = b.id AND r.uidvalidity = b.uidvalidity),
                            b.last_uid)
WHERE b.start_point = 'now' AND b.uidvalidity IS NOT NULL;
