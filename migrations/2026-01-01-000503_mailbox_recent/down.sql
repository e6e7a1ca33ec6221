UPDATE mailboxes SET start_point = 'now' WHERE start_point = 'recent';
ALTER TABLE mailboxes DROP CONSTRAINT mailboxes_start_point_check;
ALTER TABLE mailboxes ADD CHECK (start_point IN ('now', 'all'));
