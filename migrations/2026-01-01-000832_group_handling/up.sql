-- Of a group that says so only the members answer and change tickets, and only they are given any; others read them and write notes.
ALTER TABLE support_groups ADD COLUMN members_handle boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT support_groups_handling CHECK (members_only OR NOT members_handle);
