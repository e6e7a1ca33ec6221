-- A mailbox may begin with the mail of the last days; `start_at` says since when.
ALTER TABLE mailboxes DROP CONSTRAINT mailboxes_start_point_check;
ALTER TABLE mailboxes ADD CHECK (start_point IN ('now', 'recent', 'all'));
